"""The warnings board as a list: the same rows and words as its cards, in columns."""

from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

from django.db.models import OuterRef, Subquery

from erqi.common.tables import BaseTable, Column, LinkColumn, NumberColumn, TextColumn
from erqi.common.workbook.declare import Toned
from projects.choices import WarningLevel
from projects.models import Unit
from projects.querysets.warning import gravity
from projects.stats.warning import Versions, read_circumstances, read_standings
from projects.tables.level import badges_html, level_html, level_value, since_words
from projects.tables.sources import page_address
from projects.tables.warning_words import coming, last_report, lifting_state, own_word, people, step_words, who, why


class LevelColumn(Column):
    """The colour with the days as tooltip."""

    td_class = "level-cell"
    kind = "level"

    def cell(self, record: Any) -> str:
        title = since_words(record.first, self.table.day)
        return level_html(
            WarningLevel(record.level), self.word(record), title=title, simulated=bool(record.standing and record.standing.simulated)
        ) + badges_html(record.badges)

    def word(self, record: Any) -> str:
        """Return what the rules in force call the level."""
        return record.standing.word if record.standing else WarningLevel(record.level).label

    def value(self, record: Any) -> Toned:
        simulated = bool(record.standing and record.standing.simulated)
        return level_value(WarningLevel(record.level), self.word(record), simulated=simulated, badges=record.badges)


class DaysColumn(NumberColumn):
    """For how many days the colour has been shown, the first one included."""

    def value(self, record: Any) -> int | None:
        return (self.table.day - record.first).days + 1 if record.first else None

    def cell(self, record: Any) -> str:
        days = self.value(record)
        return self.table.empty(record) if days is None else str(days)

    def ordering(self, descending: bool) -> list[Any]:
        """Return the order: many days are an early beginning."""
        return super().ordering(not descending)


class WordsColumn(TextColumn):
    """What a function says of the record; whole, in as many lines as it needs."""

    td_class = "wrap"

    def __init__(self, verbose_name: str, words: Callable[[Any], str], **options: Any) -> None:
        self.words = words
        super().__init__(verbose_name, **{"sort": [], **options})

    def bind(self, name: str, table: Any) -> None:
        super().bind(name, table)
        self.get = self.words

    def cell(self, record: Any) -> str:
        text = self.words(record)
        return escape(text) if text else self.table.empty(record)


UNIT_SORT = Subquery(Unit.objects.filter(pk=OuterRef("answering_id")).values("sort_key")[:1])


class WarningTable(BaseTable):
    """The rows of LedgerEntry.objects.for_warnings as of a day."""

    flat = True
    fetched = (
        *("pk", "project_id", "seq", "level", "first", "schedule_key", "project__code", "project__name"),
        *("project__category__name", "project__area__name"),
    )

    seq = NumberColumn("序号", pinned=True, kind="ordinal")
    name = LinkColumn("项目名称", accessor="project__name", url=lambda record: "", sort=["project__sort_key"], pinned=True)
    level = LevelColumn("预警", sort=[gravity()])
    days = DaysColumn("天数", accessor="first", sort=["first"], hint="当前状态已连续的天数，含首日", initial_sort_descending=True)
    why = WordsColumn("原因", lambda record: why(record.standing))
    answering = WordsColumn("责任单位", lambda record: "，".join(filter(None, (who(record), people(record)))), sort=[UNIT_SORT])
    people = WordsColumn("责任人", people, shown=False)
    report = WordsColumn("最近月报", last_report)
    step = WordsColumn("建议措施", step_words)
    lifting = WordsColumn("摘牌", lifting_state)
    own = WordsColumn("自评", own_word, hint="与所示状态不同时列出")
    coming = WordsColumn("转色", lambda record: "；".join(coming(record.standing)[:1]) if record.standing else "", shown=False)
    category = Column("类别", accessor="project__category__name", sort=["project__category__seq", "project__category__code"], shown=False)
    area = Column("片区", accessor="project__area__name", sort=["project__area__seq", "project__area__code"], shown=False)
    code = Column("项目编号", accessor="project__code", shown=False, low=True, kind="code")

    def __init__(self, queryset: Any, *, day: date, year: int, versions: Versions, **options: Any) -> None:
        self.day, self.year, self.versions = day, year, versions
        super().__init__(queryset, **options)
        self._address = page_address("projects:project_detail")
        self.columns.columns["name"].column.url = self.row_link

    def sortable_by(self, name: str, rows: Any) -> Any:
        return rows.with_answering_id(self.day) if name == "answering" else rows

    def load(self, records: list[Any]) -> None:
        """Read how the rows stand on the day and who answers: five queries."""
        read_standings(records, self.versions, self.day)
        read_circumstances(records, self.year, self.day)
        super().load(records)

    def simulated_labels(self, record: Any) -> list[str]:
        return ["预警"] if record.standing is not None and record.standing.simulated else []

    def row_link(self, record: Any) -> str:
        return self._address(record.project__code)
