"""A list (erqi.common.list_state.Listing) as a sheet: the columns shown, the rows that the filters leave, in their order."""

from collections.abc import Iterator

from erqi.common.list_state import MONEY_UNITS, Listing
from erqi.common.tables import BaseTable
from erqi.common.workbook.declare import SIMULATED_COLUMN, Column, Row, Sheet

# Beside the rows: which of their values are simulated. Out of sight where none is.
SIMULATED = Column(SIMULATED_COLUMN, "模拟数据", "long", widest=24, hide_empty=True)
WHOLE_ROW = "整行"


def columns_of(table: BaseTable) -> list[Column]:
    """Return the visible columns of a table as a sheet declares them."""
    return [Column(name, str(column.verbose_name), column.kind) for name, column in zip(table.names, table.visible, strict=True)] + [
        SIMULATED
    ]


def rows_of(table: BaseTable) -> Iterator[Row]:
    """Yield all rows of a table; what their cells need is read in batches."""
    table.exporting = True
    for records in table.batches():
        for record in records:
            simulated = "、".join(table.simulated_labels(record))
            yield Row(
                [*table.row_values(record), simulated or None],
                key=table.row_key(record),
                version=table.row_version(record),
                muted=bool(table.row_class(record)),
                simulated=bool(simulated),
            )


def list_sheet(
    listing: Listing, *, name: str, title: str, day: str, noun: str, unit: str = "", money: bool = False, keyed: bool = True
) -> Sheet:
    """Return the sheet of a list. `unit` is who keeps it (填报单位), `day` whose state it shows, in words; `keyed`: whether its rows
    may be taken back, which those of a past day are not: today's version beside the values of then would pass for up to date."""
    table = listing.table
    table.show_also(table.also_exported(listing.totals))
    return Sheet(
        name=name,
        title=title,
        columns=columns_of(table),
        rows=rows_of(table),
        info=(f"填报单位：{unit}" if unit else "", f"数据截止：{day}", f"单位：{MONEY_UNITS[listing.money_unit]}" if money else ""),
        pinned=len(table.pinned_columns()) or 1,
        foot=table.export_foot(listing.totals) if listing.totals is not None else None,
        noun=noun,
        keyed=keyed,
        notes=[f"本表只含符合以下条件的：{listing.summary}。"] if listing.summary else [],
    )


def order_words(listing: Listing) -> str:
    """Return the order of the rows in words: 总投资 从大到小."""
    heads = {head.name: head for head in listing.table.heads()}
    words = []
    for alias in listing.table.order_by or ():
        name = alias.lstrip("-")
        column = heads[name].label if name in heads else str(listing.table.base_columns[name].verbose_name)
        words.append(f"{column}{'（降序）' if alias.startswith('-') else '（升序）'}")
    return "、".join(words) or "列表原有次序"
