"""The sheet 说明: who exported what, when, as of which day, with which filters; what the columns are; what is simulated."""

from collections.abc import Sequence

from django.utils import timezone

from erqi.common.dates import chinese_day
from erqi.common.workbook.declare import Column, Cover, Row, Sheet
from erqi.common.workbook.sheet import SheetWriter

NAME = "说明"
NOT_CLASSIFIED = "本系统为非涉密系统，严禁上传涉密信息；请按规定保管、传递本表。"


def cover_sheet(cover: Cover, written: Sequence[SheetWriter]) -> Sheet:
    """Return the sheet 说明 of sheets that have been written."""
    return Sheet(
        name=NAME,
        title=cover.title,
        columns=[Column("what", "事项", "text"), Column("text", "内容", "long", widest=84)],
        rows=(Row((what, text)) for what, text in _lines(cover, written)),
        keyed=False,
        plain=True,
    )


def _lines(cover: Cover, written: Sequence[SheetWriter]) -> list[tuple[str, str]]:
    moment = timezone.localtime(cover.exported_at)
    state = chinese_day(cover.as_of) if cover.as_of else ""
    simulated = sum(writer.simulated for writer in written)
    lines = [
        ("导出人", cover.exported_by),
        ("导出时间", f"{chinese_day(moment.date())} {moment:%H:%M}"),
        ("数据截止", f"{state}{cover.as_of_note}"),
        ("筛选条件", cover.filters or "无（全部）"),
        ("排列次序", cover.order),
        ("金额单位", cover.money_unit),
        *cover.more,
        *((f"工作表“{writer.sheet.name}”", _about(writer)) for writer in written),
        ("模拟数据", f"有 {simulated} 行含模拟数据，已在表中标明“模拟”，不是真实情况。" if simulated else ""),
        ("空白单元格", "表示文件未载或尚未填报，不是 0。"),
        ("隐藏的列", "各表最后两列（系统键、系统版本）供导回系统时核对，请勿修改、删除。" if any(w.sheet.keyed for w in written) else ""),
        ("保密提示", NOT_CLASSIFIED),
    ]
    return [(what, text) for what, text in lines if text]


def _about(writer: SheetWriter) -> str:
    """Return the number of rows and the columns of a sheet."""
    groups: dict[str, list[str]] = {}
    for column in writer.sheet.columns:
        groups.setdefault(column.group, []).append(column.label)
    columns = "；".join(f"{group}：{'、'.join(labels)}" if group else "、".join(labels) for group, labels in groups.items())
    return f"{writer.count} 行。列：{columns}"
