"""The cells of the ledger's columns that say more than a plain value."""

from html import escape
from typing import Any

from erqi.common import numbers
from erqi.common.tables import Column, DateColumn, LinkColumn, NumberColumn
from erqi.common.workbook.declare import Toned
from projects.choices import DelayCause, ResponsibilityKind
from projects.tables.level import LEFT, badges_html, level_html, level_value, since_words

# Where every milestone of the year is done, a next one is not missing.
ALL_DONE = '<span class="quiet small">无后续节点</span>'


class NameColumn(LinkColumn):
    """The project's name with its marks: 打捆 and the number it stands for, 双十出彩."""

    def cell(self, record: Any) -> str:
        text = f'<a href="{escape(self.url(record))}">{escape(record.project__name)}</a>'
        mark = self.mark(record)
        count = record.project__bundle_count
        if count is not None:
            text += f' <span class="row-mark" title="打捆项目，含 {count} 个">打捆 {count}</span>'
            # The number has a source of its own; often it is the paragraph that names the bundle.
            number = self.table.sources.marks("project", record.project_id, "bundle_count", 1)
            mark = number if number and self.table.sources.same_place(record.project_id) else number + mark
        if record.project__highlight:
            text += ' <span class="row-mark" title="双十出彩项目">出彩</span>'
        return text + mark


class CategoryColumn(Column):
    """A category: its name, with the whole it is part of as tooltip."""

    def html(self, value: str) -> str:
        return escape(value)

    def cell(self, record: Any) -> str:
        whole = record.project__category__parent__name
        shown = super().cell(record)
        return f'<span title="{escape(whole)} › {escape(record.project__category__name)}">{shown}</span>' if whole else shown


class OwnerColumn(Column):
    """A unit by its short name where it has one."""

    def cell(self, record: Any) -> str:
        name = self.value(record)
        return escape(name) if name else self.table.empty(record)

    def value(self, record: Any) -> str | None:
        return record.project__owner__short_name or record.project__owner__name


class QuantityColumn(NumberColumn):
    """A quantity with its unit of measure: 247 公里."""

    def cell(self, record: Any) -> str:
        if record.project__quantity is None:
            return self.table.empty(record)
        unit = f'<span class="unit">{escape(record.project__quantity_unit)}</span>'
        return self.mark(record) + numbers.plain(record.project__quantity) + unit

    def value(self, record: Any) -> str | None:
        quantity = record.project__quantity
        return None if quantity is None else f"{numbers.plain(quantity)}{record.project__quantity_unit}"


class LevelColumn(Column):
    """The four-colour warning: shape and word, with the days in colour as tooltip; what had left the ledger has none."""

    td_class = "level-cell"
    kind = "level"

    def cell(self, record: Any) -> str:
        if record.level is None:
            return LEFT
        title = since_words(record.level_since, self.table.as_of)
        return level_html(record.level, record.level_word, title=title) + badges_html(record.badges)

    def value(self, record: Any) -> Toned | None:
        """Return the word, as an export writes it; 模拟 where the schedule is simulated."""
        if record.level is None:
            return None
        return level_value(record.level, record.level_word, simulated=record.level_simulated, badges=record.badges)


class DueColumn(DateColumn):
    """The next milestone's date, with the phrase as printed; the phrase alone where it names no day (尽快)."""

    def cell(self, record: Any) -> str:
        due, phrase = record.next_due_on, record.next_phrase
        if due is None and not phrase:
            return ALL_DONE if record.year_done else self.table.empty(record)
        shown = [due.isoformat()] if due else []
        if due and due < self.table.as_of:
            # Only what the dates say; the warning colours follow from the policy.
            shown.append(f'<strong class="small">已过 {(self.table.as_of - due).days} 天</strong>')
        if phrase:
            shown.append(f'<span class="quiet small">{escape(phrase)}</span>')
        return " ".join(shown) + self.mark(record)

    def value(self, record: Any) -> Any:
        return record.next_due_on or record.next_phrase or None


class MilestoneColumn(Column):
    """The year's next open milestone."""

    td_class = "wrap"

    def cell(self, record: Any) -> str:
        if record.next_milestone is None:
            return ALL_DONE if record.year_done else self.table.empty(record)
        return escape(record.next_name)


class AnsweringColumn(Column):
    """The unit that answers; where only a pledge in a document names it (表态单位), that is said."""

    KINDS = {ResponsibilityKind.UNDERTAKE: "承办", ResponsibilityKind.STATED: "表态"}
    td_class = "wrap"

    def cell(self, record: Any) -> str:
        if not record.answering_unit:
            return self.table.empty(record)
        kind = self.KINDS.get(record.answering_kind, "")
        note = f' <span class="quiet small" title="{ResponsibilityKind(record.answering_kind).label}">{kind}</span>' if kind else ""
        return escape(record.answering_unit) + note

    def value(self, record: Any) -> str | None:
        kind = self.KINDS.get(record.answering_kind, "")
        return f"{record.answering_unit}（{kind}）" if record.answering_unit and kind else record.answering_unit


class FlagsColumn(Column):
    """双十出彩, 观摩, 三个一批 with its period."""

    def flags(self, record: Any) -> list[str]:
        batch = record.project__batch
        named = [("双十出彩", record.project__highlight), ("观摩", record.project__tour), (f"三个一批 {batch}", batch)]
        return [name for name, held in named if held]

    def cell(self, record: Any) -> str:
        return " ".join(f'<span class="row-mark">{escape(flag)}</span>' for flag in self.flags(record))

    def value(self, record: Any) -> str | None:
        return "、".join(self.flags(record)) or None


class ReportedColumn(Column):
    """How far the works have come, as last reported: 55%，主体施工至五层."""

    td_class = "text"
    kind = "long"

    def value(self, record: Any) -> str | None:
        percent = "" if record.physical_percent is None else f"{record.physical_percent}%"
        return "，".join(filter(None, (percent, record.physical))) or None

    def cell(self, record: Any) -> str:
        text = self.value(record)
        return f"<div>{escape(text)}</div>" if text else self.table.empty(record)


class ProblemColumn(Column):
    """The problem last reported, with its cause (病因); nothing where none was reported."""

    td_class = "text"
    kind = "long"
    CAUSES = dict(DelayCause.choices)

    def value(self, record: Any) -> str | None:
        if not record.problem:
            return None
        cause = self.CAUSES.get(record.problem_cause)
        return f"{record.problem}（{cause}）" if cause else record.problem

    def cell(self, record: Any) -> str:
        text = self.value(record)
        return f'<div title="{escape(text)}">{escape(text)}</div>' if text else ""


class MonthColumn(Column):
    """The month of the last report that counts."""

    kind = "center"

    def value(self, record: Any) -> str | None:
        month = self.get(record)
        return None if month is None else self.html(month)

    def html(self, value: int) -> str:
        return f"{value}月"


class NamesColumn(Column):
    """The units or people who have a responsibility, each once."""

    td_class = "wrap"

    def value(self, record: Any) -> str | None:
        return "、".join(self.get(record)) or None

    def cell(self, record: Any) -> str:
        text = self.value(record)
        return escape(text) if text else self.table.empty(record)


class YearsColumn(Column):
    """From which year to which it is built: 2017—2019, as far as they are known."""

    kind = "center"

    def value(self, record: Any) -> str | None:
        first, last = record.project__start_year, record.project__end_year
        if first == last:
            return None if first is None else str(first)
        return f"{first or '？'}—{last or '？'}"

    def cell(self, record: Any) -> str:
        return self.value(record) or self.table.empty(record)
