"""Files that leave the system: what was asked for, one moment for all that stands in it, a name with the day, and the answer.

`?export=xlsx`, `csv` (UTF-8) or `csv-gb18030` on a page that offers it. The file is written whole before a byte is sent, so that whoever
gets one got all of it; it lies on disk, not in memory.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.db import connection, transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone

from erqi.common import clock
from erqi.common.asof import AsOf
from erqi.common.dates import chinese_day
from erqi.common.models import User
from erqi.common.workbook.declare import Cover, Sheet

PARAMETER = "export"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Up to this size a file is kept in memory.
IN_MEMORY = 1 << 20


@dataclass(frozen=True)
class Format:
    """A kind of file: what the address calls it, what people read, its ending."""

    code: str
    label: str
    ending: str
    hint: str = ""
    encoding: str = ""


FORMATS = {
    one.code: one
    for one in (
        Format("xlsx", "Excel 工作簿", "xlsx", "带格式，可编辑"),
        Format("csv", "CSV（UTF-8）", "csv", "供程序读取", "utf-8"),
        Format("csv-gb18030", "CSV（GB18030）", "csv", "供旧版软件读取", "gb18030"),
    )
}


@dataclass
class Menu:
    """The export menu of a page (components/export_menu.html): the parameters that make the view; how many rows there are, whether they
    can be ticked, whether they have amounts (then in which unit)."""

    hidden: Sequence[tuple[str, str]] = ()
    count: int | None = None
    noun: str = "条"
    ticks: bool = False
    money: str = ""
    action: str = ""
    formats: Sequence[Format] = field(default_factory=lambda: list(FORMATS.values()))


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all that is read within the block be of one moment: rows and totals agree whatever others save meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def cover_of(title: str, by: User, day: AsOf | date | None, *, problems: Sequence[str] = (), **fields: Any) -> Cover:
    """Return what the sheet 说明 says of an export: by whom and when, as of which day; `fields` are the other fields of Cover.

    `problems` are sentences on what of the address did not count; the day's own is added.
    """
    asked = day.asked if isinstance(day, AsOf) else False
    fixed = clock.fixed_today()
    note = "（按所选日期的状态）" if asked else ""
    if isinstance(day, AsOf) and day.is_to_come:
        note = "（年度尚未开始，按现有数据推算）"
    said = [day.error, *problems] if isinstance(day, AsOf) else problems
    more = [*fields.pop("more", ()), ("请注意", "".join(said))]
    if fixed is not None:
        note += f"；演示、训练环境，业务日期固定为{chinese_day(fixed)}"
    return Cover(
        title=title,
        exported_by=f"{by}（{by.username}）",
        exported_at=timezone.now(),
        as_of=day.day if isinstance(day, AsOf) else day,
        as_of_note=note,
        more=more,
        **fields,
    )


def file_name(title: str, day: date | None, wanted: Format) -> str:
    """Return the file's name: 2018年重点项目台账_20180928.xlsx. What no file system takes is left out."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", title).strip(" .") or "导出"
    return f"{name[:80]}{f'_{day:%Y%m%d}' if day else ''}.{wanted.ending}"


def wanted_of(request: HttpRequest) -> Format | None:
    """Return the kind of file that the address asks for; None shows the page."""
    return FORMATS.get(request.GET.get(PARAMETER, ""))


def answer(wanted: Format, by: User, title: str, day: AsOf | date | None, sheets: Sequence[Sheet], **cover: Any) -> FileResponse:
    """Return the file of the sheets, named by title and day; `cover` are further arguments of `cover_of`."""
    name = file_name(title, day.day if isinstance(day, AsOf) else day, wanted)
    return download(wanted, name, sheets, cover_of(title, by, day, **cover))


class PageExport:
    """Mixin of a page with a table that is no list (erqi.common.listing): `?export=` answers with the file of `export_sheets`.

    Stands before the view's other classes but for the permission. The page's context takes `export=self.page_menu()`.
    """

    request: HttpRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = wanted_of(request)
        if wanted is None:
            return super().get(request, *args, **kwargs)  # type: ignore[misc]
        with snapshot():
            sheets = self.export_sheets()
            return answer(wanted, request.user, self.export_title(), self.export_day(), sheets, filters=self.export_filters())

    def export_sheets(self) -> list[Sheet]:
        """Return the sheets of what the page shows: all of it, also what stands on further pages."""
        raise NotImplementedError

    def export_title(self) -> str:
        """Return what the file is called, without the day."""
        raise NotImplementedError

    def export_day(self) -> AsOf | date:
        """Return the day whose state the page shows."""
        return clock.today()

    def export_filters(self) -> str:
        """Return in words what the page is narrowed to."""
        return ""

    def page_menu(self) -> Menu:
        """Return the page's export menu: the same address, as a file."""
        return Menu([(name, value) for name, values in self.request.GET.lists() for value in values if name not in (PARAMETER, "page")])


def download(wanted: Format, name: str, sheets: Sequence[Sheet], cover: Cover) -> FileResponse:
    """Return the answer that saves the sheets as a file; of several sheets a CSV holds the first."""
    # openpyxl is large, and most processes never export anything.
    from erqi.common.workbook.book import write_book  # noqa: PLC0415
    from erqi.common.workbook.delimited import write_delimited  # noqa: PLC0415

    file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by the response
    if wanted.encoding:
        write_delimited(file, sheets[0], wanted.encoding)
        kind = f"text/csv; charset={wanted.encoding}"
    else:
        write_book(file, sheets, cover)
        kind = XLSX_TYPE
    size = file.tell()
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answer["Content-Length"] = str(size)
    # What was true at one moment is not kept for the next.
    answer["Cache-Control"] = "no-store"
    return answer
