"""What changed between two days (变化对比): heavier, lighter, entered, left, closed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, carry
from erqi.common.dates import chinese_day, clamp_to_year, parse_day
from erqi.common.exporting import PageExport
from erqi.common.listing import without_empty
from erqi.common.workbook.declare import Sheet
from projects.choices import WarningLevel
from projects.exports.pages import changes_sheet
from projects.filters.warning import ScopeFilter
from projects.models import LedgerEntry, Rescheduling
from projects.querysets.warning import GRAVITY
from projects.sentences.policy import level_word
from projects.sentences.warning import rules_words
from projects.stats.warning import Versions
from projects.stats.warning_changes import Change, by_kind, changes_between, explain
from projects.tables.warning_words import people, who, why
from projects.views.warning_parts import OfYear, version_address

SPAN = timedelta(days=7)
# So many changes of a kind are all written out; of more the first ones: nobody reads on here, and a shorter period shows the others.
MOST, FIRST = 100, 40
# The kinds in the order of the page: heading, what it means.
KINDS = {
    "worse": ("变重", "状态比起始日更差"),
    "better": ("好转", "状态比起始日更好"),
    "other": ("暂停、恢复、开始评价", "既不算变重也不算好转"),
    "listed": ("新列入台账", ""),
    "delisted": ("退出台账", ""),
    "closed": ("销号", ""),
}
_PLACE = {level: place for place, level in enumerate(GRAVITY)}


@dataclass(frozen=True)
class Period:
    """The two days that are compared, and a sentence for each thing that was asked wrongly."""

    first: date
    last: date
    problems: tuple[str, ...] = ()


def period_of(first_text: str, last_text: str, year: int, today: date) -> Period:
    """Return the days to compare of what the address says: by default the last seven days up to the business date, within the year."""
    problems: list[str] = []
    end = clamp_to_year(today, year)

    def read(text: str, name: str, default: date) -> date:
        day = parse_day(text) if text else default
        if day is None:
            problems.append(f"{name}“{text[:20]}”无法识别，应形如 2018-06-30；现按{chinese_day(default)}。")
            return default
        if day.year != year:
            problems.append(f"{name}{chinese_day(day)}不在{year}年内，两个日期须在同一年度；现按{chinese_day(clamp_to_year(day, year))}。")
        return clamp_to_year(day, year)

    last = read(last_text, "截止日期", end)
    if last > end:
        problems.append(f"截止日期{chinese_day(last)}晚于业务日期，现按{chinese_day(end)}；以后的变化请看“转色预告”。")
        last = end
    default = max(last - SPAN, date(year, 1, 1))
    first = read(first_text, "起始日期", default)
    if first > end:
        problems.append(f"起始日期{chinese_day(first)}晚于业务日期，现按{chinese_day(default)}。")
        first = default
    if first > last:
        problems.append(f"起始日期{chinese_day(first)}晚于截止日期{chinese_day(last)}，已对调。")
        first, last = last, first
    if first == last:
        problems.append("起始日期与截止日期是同一天，没有变化可比。")
    return Period(first, last, tuple(problems))


@dataclass(frozen=True)
class Line:
    """A change in words."""

    change: Change
    versions: Versions

    def _badge(self, level: WarningLevel | None) -> tuple[WarningLevel, str] | None:
        if level is None:
            return None
        standing = self.change.standing
        return level, level_word(standing.policy if standing else None, level)

    @property
    def before(self) -> tuple[WarningLevel, str] | None:
        return self._badge(self.change.before)

    @property
    def after(self) -> tuple[WarningLevel, str] | None:
        return self._badge(self.change.after)

    @property
    def between(self) -> list[tuple[WarningLevel, str]]:
        """The colours that were shown between the first and the last one, where there were any."""
        stretches = self.change.path[1:-1] if self.change.kind not in ("listed", "delisted") else []
        return [badge for one in stretches if (badge := self._badge(one.level)) is not None]

    @property
    def reason(self) -> str:
        """Why the project shows its colour on the last day; why it left. Where other rules turned it, that comes first."""
        if self.change.kind == "delisted":
            return self.change.record.left_reason
        rules = "".join(f"{rules_words(one.name, one.effective_from)}；" for one in self.change.new_rules)
        return rules + why(self.change.standing)

    @property
    def simulated(self) -> bool:
        return self.change.standing is not None and self.change.standing.simulated

    @property
    def who(self) -> str:
        return who(self.change.record)

    @property
    def people(self) -> str:
        return people(self.change.record)


@dataclass(frozen=True)
class Kind:
    """The changes of one kind."""

    code: str
    label: str
    hint: str
    count: int
    lines: list[Line]

    @property
    def left_out(self) -> int:
        return self.count - len(self.lines)


class WarningChanges(PermissionRequiredMixin, PageExport, OfYear, TemplateView):
    """The changes between two days of one year."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/warning_changes.html"
    page_title = "变化对比"
    http_method_names = ["get", "head", "options"]
    request: HttpRequest

    @cached_property
    def period(self) -> Period:
        asked = self.request.GET
        year = self.ledger.year if self.ledger else clock.today().year
        last = asked.get("to", "").strip() or asked.get("as_of", "").strip()
        found = period_of(asked.get("from", "").strip(), last, year, clock.today())
        if found.last != clamp_to_year(clock.today(), year):
            carry(self.request, found.last)
        return found

    @cached_property
    def day(self) -> AsOf:
        """The last day: what the shared sentences speak of. The page has two days of its own; as_of, which links carry, is the last."""
        return AsOf(self.period.last, asked=False)

    def get_template_names(self) -> list[str]:
        return [self.template_name if self.ledger else "projects/warning_none.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.ledger is None:
            return super().get_context_data(**kwargs, page_title=self.page_title, reason=self.not_warned())
        versions, period = Versions(), self.period
        changes = self.changes()
        found = by_kind(changes)
        numbers = {kind: len(of_kind) for kind, of_kind in found.items()}
        version = versions.in_force(period.last)
        return super().get_context_data(
            passes=Rescheduling.objects.unfinished(),
            **kwargs,
            page_title=self.page_title,
            ledger=self.ledger,
            period=period,
            problems=[*self.year_problems(), *self.scope.problems, *period.problems],
            scope_words=self.scope.summary(),
            scope_fields=self.scope_fields,
            unscoped_url=f"?{urlencode({**self.kept_year, 'from': period.first.isoformat(), 'to': period.last.isoformat()})}",
            kinds=self.kinds(found, versions, MOST),
            numbers=numbers,
            count=len(changes),
            sentence=self.sentence(numbers),
            export=self.page_menu() if changes else None,
            years=self.year_tabs(),
            kept=self.kept_year,
            not_warned=self.not_warned(),
            not_warned_hint=self.not_warned_hint(),
            partly_warned=self.partly_warned(),
            version=version,
            version_url=version_address(version.key) if version else "",
            breadcrumbs=[{"label": "四色预警", "url": self.board_url}, {"label": self.page_title}],
            print_subtitle=self.ledger.name,
            print_unit=f"规则：{version.name}" if version else "",
            # The printed head says the last day.
            print_as_of=self.day,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Without a ledger there is nothing to export: the page says so.
        return super().get(request, *args, **kwargs) if self.ledger else TemplateView.get(self, request, *args, **kwargs)

    def export_title(self) -> str:
        return f"{self.ledger.year}年变化对比"

    def export_day(self) -> AsOf:
        return self.day

    def export_sheets(self) -> list[Sheet]:
        period = self.period
        kinds = self.kinds(by_kind(self.changes()), Versions(), None)
        return [changes_sheet(f"{self.ledger.name}变化对比", kinds, period.first, period.last)]

    def export_filters(self) -> str:
        return self.scope.summary()

    @cached_property
    def scope(self) -> ScopeFilter:
        """Whose projects are compared."""
        entries = LedgerEntry.objects.filter(ledger=self.ledger)
        return ScopeFilter(without_empty(self.request.GET), entries, as_of=self.period.last, year=self.ledger.year)

    @property
    def scope_fields(self) -> list[tuple[str, str]]:
        """The parameters that say whose they are."""
        return [(one.name, one.value) for one in self.scope.active()]

    def changes(self) -> list[Change]:
        """Return what changed between the days among the projects asked for."""
        period = self.period
        if period.first >= period.last:
            return []
        return changes_between(self.ledger, period.first, period.last, self.scope.qs if self.scope.is_active else None)

    def kinds(self, changes: dict[str, list[Change]], versions: Versions, most: int | None) -> list[Kind]:
        """Return the changes by kind, the gravest first: all of a kind with up to `most` (None: any number), else the first ones."""
        shown = {}
        for kind, of_kind in changes.items():
            order = sorted(of_kind, key=lambda change: (_PLACE[change.after] if change.after is not None else 0, change.record.seq))
            shown[kind] = order if most is None or len(order) <= most else order[:FIRST]
        explain([change for of_kind in shown.values() for change in of_kind], self.ledger, self.period.first, self.period.last, versions)
        return [
            Kind(kind, label, hint, len(changes[kind]), [Line(change, versions) for change in shown[kind]])
            for kind, (label, hint) in KINDS.items()
            if changes[kind]
        ]

    def sentence(self, numbers: dict[str, int]) -> str:
        """Return the page in one sentence."""
        period = self.period
        head = f"{chinese_day(period.first)}至{chinese_day(period.last)}，变重 {numbers['worse']} 个、好转 {numbers['better']} 个"
        named = {"other": "暂停、恢复等", "listed": "新列入", "delisted": "退出", "closed": "销号"}
        more = [f"{name} {numbers[kind]} 个" for kind, name in named.items() if numbers[kind]]
        return f"{head}{'；' if more else ''}{'，'.join(more)}。"

    def partly_warned(self) -> str:
        """Return a sentence where colours began only after the first day; an empty text otherwise."""
        since = self.ledger.warned_since if self.ledger else None
        if since is None or not self.period.first < since <= self.period.last:
            return ""
        return f"本台账自{chinese_day(since)}起启用四色预警，此前均为未评价。"
