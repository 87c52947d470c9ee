"""What a report declares: columns with their kinds, rows, sums, charts, and what the cover says.

    Sheet(
        name="台账", title="2018年重点项目台账",
        info=("填报单位：重点项目办", "数据截止：2018年9月28日", "单位：万元"),
        columns=[
            Column("seq", "序号", "ordinal"),
            Column("name", "项目名称", "text"),
            Column("plan", "年度计划", "money", group="投资", total=SUM),
            Column("done", "累计完成", "money", group="投资", total=SUM),
            Column("rate", "完成率", "percent", group="投资", total=Share("done", "plan")),
        ],
        rows=(Row([...], key="ledgerentry:12", version="3", group="重大产业") for …),
        pinned=2, total=True,
    )

Rows are read once and never kept: a sheet of any length takes the same memory.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

# What the hidden columns are called: by these an import recognises a sheet of ours (docs/exports.md).
KEY_HEADER = "系统键（勿改）"
VERSION_HEADER = "系统版本（勿改）"

Kind = Literal["text", "long", "code", "center", "ordinal", "integer", "number", "money", "percent", "date", "moment", "level"]

SUM = "sum"


@dataclass(frozen=True)
class Share:
    """A rate whose total is the sum of one column divided by the sum of another (both by name), never an average of rates.

    Like is compared with like: over the rows that have a figure in the second column, with nothing done where nothing was reported.
    """

    part: str
    whole: str


@dataclass(frozen=True)
class Column:
    """A column: its name in the declaration, its heading, what kind of values it holds.

    Neighbours with the same `group` stand under one heading. `total` says what 小计 and 合计 show: SUM, a Share, or nothing.
    `widest` caps the width (in characters, a Chinese one is two); what is longer wraps.
    """

    name: str
    label: str
    kind: Kind = "text"
    group: str = ""
    total: str | Share = ""
    widest: int = 0
    # Leave the column out of sight where no row has a value in it.
    hide_empty: bool = False

    @property
    def heading(self) -> str:
        """The heading in one line, as CSV needs it."""
        return f"{self.group}·{self.label}" if self.group else self.label


# The column that says which of a row's values are simulated; in a row of sums it says how many rows are.
SIMULATED_COLUMN = "simulated"


class Toned(str):
    """A word that carries the tone of a warning level: red, yellow, blue, green, paused, unrated, done. The word says it all; the
    tone only fills the cell."""

    __slots__ = ("tone",)
    tone: str

    def __new__(cls, word: str, tone: str) -> "Toned":
        """Return the word with its tone."""
        made = super().__new__(cls, word)
        made.tone = tone
        return made


@dataclass(slots=True)
class Row:
    """A row: values in the order of the columns, and what is known of the record behind it.

    `group` is the heading below which it stands. `weight` is how many things it stands for (a bundle of roads is one row and
    stands for many). `uncounted` names the columns whose values are not added, because another row's amount holds them.
    """

    values: Sequence[Any]
    key: str = ""
    version: str = ""
    group: str = ""
    weight: int = 1
    uncounted: frozenset[str] = frozenset()
    muted: bool = False
    simulated: bool = False


@dataclass(frozen=True)
class Foot:
    """A row of totals that was computed elsewhere (by a query): values by column name, the words beside 合计, notes below."""

    values: Mapping[str, Any]
    words: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Chart:
    """A native chart beside a sheet's rows: `series` and `categories` are names of columns; lines in order of the rows."""

    kind: Literal["bar", "line"]
    title: str
    categories: str
    series: Sequence[str]
    axis: str = ""
    percent: bool = False


@dataclass
class Sheet:
    """A sheet. `info` are the three parts of the line under the title: 填报单位, 数据截止, 单位."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    info: tuple[str, str, str] = ("", "", "")
    # How many columns stay in sight and are repeated where a page is too narrow for all of them.
    pinned: int = 0
    # 合计 at the end, and 小计 where rows have groups.
    total: bool = False
    # Totals from elsewhere; a function is asked after the last row.
    foot: Foot | Callable[[], Foot] | None = None
    noun: str = "项"
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    blank: str = "没有符合条件的记录"
    # Rows that an import may take back carry their key and version in hidden columns.
    keyed: bool = True
    # A sheet that is read and not compared (说明): no filter, upright page.
    plain: bool = False


@dataclass(frozen=True)
class Cover:
    """What the sheet 说明 says besides what the sheets say themselves (columns, numbers of rows, 模拟)."""

    title: str
    exported_by: str
    exported_at: datetime
    # The day whose state the sheets show, and what to know about it.
    as_of: date | None = None
    as_of_note: str = ""
    filters: str = ""
    order: str = ""
    money_unit: str = ""
    more: Sequence[tuple[str, str]] = field(default_factory=tuple)
