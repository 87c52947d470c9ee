"""The list of notices, with the columns of the 督察台账 (domain.md §3.2, sheet 3) that a notice has."""

from datetime import date
from html import escape
from typing import Any

from django.db.models import QuerySet

from erqi.common import workdays
from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, LinkColumn, NumberColumn, TextColumn
from projects.choices import DelayCause
from projects.tables.level import SIMULATED, level_html, level_value
from supervision.choices import NoticeKind, NoticeSource, NoticeState, NoticeUrgency
from supervision.models import Notice
from supervision.rules.notice import INTERNAL
from supervision.sentences.notice import lateness_words, standing_label, standing_words
from supervision.stats.notice import courses, standing_of


class _Title(LinkColumn):
    """The title with its kind and the mark of what is simulated; leads to the notice."""

    def cell(self, record: Notice) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Standing(Column):
    """How it stands: level, word and reason together; nothing while the unit owes nothing."""

    td_class = "level-cell has-words"

    def cell(self, record: Notice) -> str:
        found = self.table.standings[record.pk]
        if found is None:
            return '<span class="quiet">—</span>'
        badge = level_html(found.level, standing_label(found, record.state_then))
        words = standing_words(found)
        return f'{badge} <span class="small">{escape(words)}</span>' if words else badge

    def value(self, record: Notice) -> Any:
        found = self.table.standings[record.pk]
        if found is None:
            return None
        words = standing_words(found)
        return level_value(found.level, f"{standing_label(found, record.state_then)}{f'：{words}' if words else ''}")


class _Of(TextColumn):
    """What the course of a notice says up to the day."""

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        self.get = lambda record: getattr(table.courses[record.pk], self.path)


class _DayOf(DateColumn):
    """A day of the course."""

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        self.get = lambda record: getattr(table.courses[record.pk], self.path)


class _CountOf(NumberColumn):
    """How often something had happened; nothing for never."""

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        self.get = lambda record: getattr(table.courses[record.pk], self.path) or None


class _Punctual(TextColumn):
    """Whether the standing reply came in time."""

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        self.get = lambda record: lateness_words(table.courses[record.pk].reply_lateness(workdays))


class _Unit(BriefColumn):
    """The unit that had the notice on the day."""

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        self.get = lambda record: table.units.get(record.unit_then, "")


class NoticeTable(BaseTable):
    """Notices as of a day."""

    dense = False
    fitted = True

    number_text = BriefColumn("文号", sort=["year", "number"])
    title = _Title("督察事项", url=lambda record: record.get_absolute_url(), sort=["title"])
    kind = ChoiceColumn("种类", NoticeKind)
    project = BriefColumn("项目", sort=["project__sort_key"], low=True)
    unit_then = _Unit("承办单位", sort=["unit__sort_key"])
    state = ChoiceColumn("状态", NoticeState, accessor="state_then")
    standing = _Standing("灯色", sort=[])
    due_then = DateColumn("反馈时限")
    issued_on = DateColumn("下发", low=True)
    signed = _DayOf("签收", accessor="signed_on", sort=[], low=True)
    replied = _DayOf("反馈", accessor="replied_on", sort=[], low=True)
    source = ChoiceColumn("来源", NoticeSource, shown=False)
    basis = TextColumn("依据", shown=False)
    urgency = ChoiceColumn("缓急", NoticeUrgency, shown=False)
    first_due = _DayOf("原定时限", accessor="first_due_on", sort=[], shown=False)
    extensions = _CountOf("延期次数", sort=[], shown=False)
    urges = _CountOf("催办次数", sort=[], shown=False)
    returns = _CountOf("退回次数", sort=[], shown=False)
    transfers = _CountOf("转办次数", sort=[], shown=False)
    reply = _Of("反馈情况", sort=[], shown=False)
    cause = ChoiceColumn("病因", DelayCause, shown=False)
    punctual = _Punctual("是否按期", sort=[], shown=False)
    conclusion = _Of("办理结果", sort=[], shown=False)
    closed = _DayOf("办结", accessor="closed_on", sort=[], shown=False)
    drafted_by_name = TextColumn("拟稿人", shown=False)
    signer = _Of("签发人", sort=[], shown=False)
    contact = TextColumn("督办联系人", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        self.courses: dict[int, Any] = {}
        self.standings: dict[int, Any] = {}
        self.units: dict[int, str] = {}
        super().__init__(queryset, **options)

    def load(self, records: list[Notice]) -> None:
        super().load(records)
        self.courses = courses(records, self.as_of)
        self.standings = {key: standing_of(course, self.as_of) for key, course in self.courses.items()}
        unit = Notice._meta.get_field("unit").related_model
        self.units = {one.pk: one.label for one in unit.objects.filter(pk__in={record.unit_then for record in records})}
        for record in records:
            record.title = record.title_then or record.title
            # What was given out later was not known on the day.
            if record.state_then in INTERNAL:
                record.number = record.issued_on = None
            if self.courses[record.pk].replied_on is None:
                record.cause = ""

    def simulated_labels(self, record: Notice) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Notice) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Notice) -> str:
        return "is-off" if self.standings[record.pk] is None and record.rank else ""

    def empty(self, record: Notice) -> str:
        return '<span class="quiet">—</span>'
