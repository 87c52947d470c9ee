"""Pages that are no lists as sheets: to-dos, the reviewer's queue, units, people, coming and past turns of colours."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from erqi.common.dates import chinese_day
from erqi.common.workbook.declare import SUM, Column, Row, Sheet, Toned
from projects.choices import WarningLevel
from projects.exports.summary import INCLUDES, SIMULATED
from projects.models import Person, Unit
from projects.stats.review import ReviewRow
from projects.stats.todo.items import Item, Waiting
from projects.tables.level import level_value


def _info(day: date, unit: str = "") -> tuple[str, str, str]:
    return ("", f"数据截止：{chinese_day(day)}", f"单位：{unit}" if unit else "")


def todo_sheets(name: str, items: Sequence[Item], waiting: Sequence[Waiting], day: date) -> list[Sheet]:
    """Return what waits for a person, and what the person waits for."""
    return [
        Sheet(
            name="待办",
            title=f"{name}的待办",
            columns=[
                Column("kind", "类别", "center"),
                Column("title", "事项", "long", widest=50),
                Column("level", "现状", "level", hide_empty=True),
                Column("on", "日期", "date"),
                Column("text", "情况", "long", widest=50),
                Column("follows", "不办的后果", "long", widest=40),
                Column("remedy", "怎样办", "long", widest=40, hide_empty=True),
                Column("unit", "责任单位", hide_empty=True),
                SIMULATED,
            ],
            rows=(
                Row(
                    [
                        *(item.kind_label, item.title, level_value(item.shown.level, item.shown.word) if item.shown else None, item.on),
                        *(item.text, item.follows, item.remedy, item.unit, INCLUDES if item.simulated else None),
                    ],
                    simulated=item.simulated,
                )
                for item in items
            ),
            info=_info(day),
            pinned=2,
            keyed=False,
            blank="没有要办的事项",
        ),
        Sheet(
            name="等他人办理",
            title=f"{name}已交出的事项",
            columns=[
                Column("label", "类别", "center"),
                Column("text", "事项", "long", widest=70),
                Column("since", "自", "date"),
                SIMULATED,
            ],
            rows=(Row([one.label, one.text, one.since, INCLUDES if one.simulated else None], simulated=one.simulated) for one in waiting),
            info=_info(day),
            keyed=False,
            blank="没有等他人办理的事项",
        ),
    ]


def review_sheet(title: str, rows: Iterable[ReviewRow], day: date) -> Sheet:
    """Return a month's reports as the reviewer sees them, in 万元."""
    return Sheet(
        name="月报审核",
        title=title,
        columns=[
            Column("name", "项目"),
            Column("unit", "填报单位"),
            Column("level", "预警", "level"),
            Column("own", "自评", "center"),
            Column("cumulative", "本月累计", "money", group="完成投资", total=SUM),
            Column("increase", "比上次增加", "money", group="完成投资", total=SUM),
            Column("planned", "计划", "money", group="完成投资", total=SUM),
            Column("share", "占计划", "percent", group="完成投资"),
            Column("percent", "形象进度（%）", "integer"),
            Column("physical", "形象进度", "long", widest=30),
            Column("progress", "本月进展", "long", widest=40),
            Column("problem", "存在问题", "long", widest=36),
            Column("cause", "病因", "center"),
            Column("next", "下步计划", "long", widest=30),
            Column("by", "报送人", group="报送"),
            Column("on", "日期", "date", group="报送"),
            Column("late", "迟报", "center", group="报送"),
            Column("state", "状态", "center"),
            SIMULATED,
        ],
        rows=(_review_row(row) for row in rows),
        info=_info(day, "万元"),
        pinned=1,
        total=True,
        noun="份",
        blank="没有这种状态的月报",
    )


def _review_row(row: ReviewRow) -> Row:
    report, shown = row.report, row.row
    simulated = report.simulated or shown.simulated
    return Row(
        [
            *(shown.project.name, shown.unit.label if shown.unit else None, level_value(shown.level, simulated=row.level_simulated)),
            *(report.get_self_level_display(), report.cumulative, row.increase, row.planned_shown, row.share),
            *(report.physical_percent, report.physical, "无变化" if report.no_change else report.progress),
            *(report.problem, report.get_problem_cause_display(), report.next_step),
            *(report.filed_by_name, report.filed_on, "迟报" if row.is_late else None, report.get_state_display()),
            INCLUDES if simulated else None,
        ],
        key=f"progressreport:{report.pk}",
        version=str(report.version),
        simulated=simulated,
    )


def unit_sheet(units: Iterable[Unit], day: date) -> Sheet:
    """Return units (Unit.objects.for_list) by kind."""
    return Sheet(
        name="单位",
        title="单位",
        columns=[
            Column("name", "单位", widest=34),
            Column("short", "简称"),
            Column("aliases", "别名", "long", widest=30),
            Column("parent", "上级单位", widest=30),
            Column("projects", "负责项目", "integer"),
            Column("targets", "负责目标", "integer"),
            Column("posts", "任职人员", "integer"),
            Column("state", "状态", "center", hide_empty=True),
        ],
        rows=(
            Row(
                [
                    *(unit.name, unit.short_name, "、".join(alias.name for alias in unit.aliases.all()), str(unit.parent or "") or None),
                    *(unit.project_count, unit.target_count, unit.post_count, None if unit.is_active else "已停用"),
                ],
                key=f"unit:{unit.pk}",
                version=str(unit.version),
                group=str(unit.get_kind_display()),
                muted=not unit.is_active,
            )
            for unit in units
        ),
        info=_info(day),
        pinned=1,
    )


def people_sheet(people: Iterable[Person], day: date) -> Sheet:
    """Return people (Person.objects.for_list), a row for each post."""
    return Sheet(
        name="人员",
        title="人员",
        columns=[
            Column("name", "姓名"),
            Column("title", "职务（原文）", "long", widest=60),
            Column("unit", "单位", widest=34),
            Column("since", "起", "date"),
            Column("until", "止", "date"),
            Column("note", "备注", "long", widest=30),
        ],
        rows=_people_rows(people),
        info=_info(day),
        pinned=1,
    )


def _people_rows(people: Iterable[Person]) -> Iterator[Row]:
    for person in people:
        for post in person.posts.all() or [None]:
            of_post = (post.title, str(post.unit) if post.unit else None, post.since, post.until) if post else (None,) * 4
            yield Row([person.name, *of_post, person.note], key=f"person:{person.pk}", version=str(person.version))


def _level(shown: tuple[WarningLevel, str] | None) -> Toned | None:
    return level_value(*shown) if shown is not None else None


def turns_sheet(title: str, lines: Iterable[Any], day: date) -> Sheet:
    """Return the turns to come (projects.views.warning_upcoming.Line), by day."""
    return Sheet(
        name="转色预告",
        title=title,
        columns=[
            Column("name", "项目名称"),
            Column("on", "转色日", "date"),
            Column("before", "由", "level"),
            Column("after", "转为", "level"),
            Column("reason", "原因", "long", widest=50),
            Column("prevention", "怎样避免", "long", widest=50),
            Column("who", "责任单位", widest=22),
            Column("people", "责任人", "long", widest=30),
            Column("code", "项目编号", "code"),
            SIMULATED,
        ],
        rows=(
            Row(
                [
                    *(line.entry.project__name, line.turn.day, _level(line.before), _level(line.after), line.reason, line.prevention),
                    *(line.who, line.people, line.entry.project__code, INCLUDES if line.row.simulated else None),
                ],
                simulated=line.row.simulated,
            )
            for line in lines
        ),
        info=_info(day),
        pinned=1,
        keyed=False,
        blank="这段时间没有转色",
    )


def changes_sheet(title: str, kinds: Iterable[Any], first: date, last: date) -> Sheet:
    """Return what changed between two days (projects.views.warning_changes.Kind), by kind."""
    return Sheet(
        name="变化对比",
        title=title,
        columns=[
            Column("name", "项目名称"),
            Column("before", "起始日", "level"),
            Column("after", "截止日", "level"),
            Column("on", "变化日", "date"),
            Column("reason", "截止日的原因（退出的为退出原因）", "long", widest=60),
            Column("who", "责任单位", widest=22),
            Column("people", "责任人", "long", widest=30),
            Column("code", "项目编号", "code"),
            SIMULATED,
        ],
        rows=(
            Row(
                [
                    *(line.change.record.project__name, _level(line.before) or "未列入", _level(line.after) or "已退出", line.change.day),
                    *(line.reason, line.who, line.people, line.change.record.project__code, INCLUDES if line.simulated else None),
                ],
                group=kind.label,
                simulated=line.simulated,
            )
            for kind in kinds
            for line in kind.lines
        ),
        info=("", f"{chinese_day(first)}至{chinese_day(last)}", ""),
        pinned=1,
        keyed=False,
        blank="这两个日期之间没有变化",
    )
