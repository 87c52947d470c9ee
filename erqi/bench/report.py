"""The findings as a table for people and as plain data for programs."""

import os
import platform
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from erqi.bench.build import Built
from erqi.bench.run import BUDGET_SIZE, CLIENTS, Finding, Findings
from erqi.bench.workbook import COLUMNS, has_lxml
from erqi.serving import web

_HEADS = (
    "页面",
    "中位ms",
    "p95ms",
    f"{CLIENTS}户中位",
    f"{CLIENTS}户p95",
    "次/秒",
    "查询",
    "SQLms",
    "字节",
    "CPUms",
    "对照",
    "比值",
    "CPU比",
    "改后ms",
    "改后比",
    "预算",
)


def machine() -> dict[str, Any]:
    """Return what the figures depend on besides the program."""
    return {
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgresql": connection.pg_version,
        "workers": web.WORKERS,
        "threads": web.THREADS,
        "lxml": has_lxml(),
    }


def machine_line(found: dict[str, Any]) -> str:
    """Return the machine in one line."""
    lxml = "已装" if found["lxml"] else "未装"
    return (
        f"处理器 {found['processors']} 个（此刻负载 {found['load']}），Python {found['python']}，"
        f"PostgreSQL {found['postgresql'] // 10000}，服务进程 {found['workers']} × 线程 {found['threads']}，lxml {lxml}"
    )


def as_data(size: int, built: Built | None, found: Findings) -> dict[str, Any]:
    """Return the findings of a size as plain data. Times are in milliseconds, lengths in bytes, memory in MB."""
    return {
        "size": size,
        "built": None if built is None else {"rows": built.rows, "seconds": round(built.seconds, 1)},
        "rescheduling": None
        if built is None
        else {
            "projects": built.rescheduling.projects,
            "seconds": round(built.rescheduling.seconds, 2),
            "peak_mb": built.rescheduling.peak_mb,
            "grown_mb": built.rescheduling.grown_mb,
        },
        "bare": [_page_data(one) for one in found.bare],
        "pages": [_page_data(one) for one in found.pages],
        "workbook_seconds": found.workbook_seconds,
        "missed": [one.name for one in found.pages if one.is_missed],
        "not_there": [one.name for one in found.pages if one.trouble],
    }


def _page_data(one: Finding) -> dict[str, Any]:
    def times(answers: Any) -> dict[str, Any] | None:
        if answers is None:
            return None
        return {
            "requests": answers.count,
            "median_ms": round(answers.median_ms, 2),
            "p95_ms": round(answers.p95_ms, 2),
            "per_second": round(answers.per_second, 1),
        }

    return {
        "name": one.name,
        "url": one.url,
        "trouble": one.trouble,
        "clients": {"1": times(one.one), str(CLIENTS): times(one.many)},
        "bytes": one.one.length if one.one else None,
        "queries": one.queries.count if one.queries else None,
        "sql_ms": round(one.queries.milliseconds, 2) if one.queries else None,
        "bare": one.bare,
        "processor_ms": one.one.processor_ms if one.one else None,
        "ratio": None if one.ratio is None else round(one.ratio, 3),
        "first_after_a_change": times(one.first),
        "first_ratio": None if one.first_ratio is None else round(one.first_ratio, 3),
        "processor_ratio": None if one.processor_ratio is None else round(one.processor_ratio, 3),
        "budget": one.budget,
        "held": None if one.ratio is None or one.budget is None else not one.is_missed,
    }


def lines(size: int, built: Built | None, found: Findings) -> Iterator[str]:
    """Yield the report of a size, line by line."""
    yield f"== {size} 个项目"
    if built is not None:
        yield f"建库 {built.seconds:.1f} 秒：" + "，".join(f"{name} {number}" for name, number in built.rows.items())
        yield _pass_line(built)
    yield ""
    yield from _table([_HEADS, *(_row(one) for one in [*found.bare, *found.pages] if not one.trouble)])
    yield ""
    if found.workbook_seconds is not None:
        yield f"openpyxl 空写 {size} 行 × {COLUMNS} 列：{found.workbook_seconds:.2f} 秒"
    for one in found.pages:
        if one.trouble:
            yield f"未测 {one.name}：{one.trouble}"
    missed = [one for one in found.pages if one.is_missed]
    for one in missed:
        yield f"超出预算 {one.name}：{one.ratio:.2f} 倍，预算 {one.budget:g} 倍（对照 {one.bare}）"
    held = [one for one in found.pages if one.ratio is not None and one.budget is not None and not one.is_missed]
    if held or missed:
        yield f"预算：{len(held)} 页达到，{len(missed)} 页超出。"
    else:
        yield f"预算按 {BUDGET_SIZE} 个项目设定，这里不比。"


def _pass_line(built: Built) -> str:
    done = built.rescheduling
    memory = "" if done.peak_mb is None else f"，进程内存最高 {done.peak_mb:.0f} MB（其间增长 {done.grown_mb:.0f} MB）"
    return f"更换规则后重算 {done.projects} 个项目：{done.seconds:.1f} 秒{memory}"


def _row(one: Finding) -> tuple[str, ...]:
    many, queries = one.many, one.queries
    mark = "" if one.budget is None else f"≤{one.budget:g}" + (" 超出" if one.is_missed else "")
    return (
        one.name,
        f"{one.one.median_ms:.1f}" if one.one else "—",
        f"{one.one.p95_ms:.1f}" if one.one else "—",
        f"{many.median_ms:.1f}" if many else "—",
        f"{many.p95_ms:.1f}" if many else "—",
        f"{many.per_second:.1f}" if many else "—",
        str(queries.count) if queries else "—",
        f"{queries.milliseconds:.1f}" if queries else "—",
        str(one.one.length) if one.one else "—",
        f"{used:.1f}" if (used := one.one.processor_ms if one.one else None) is not None else "—",
        one.bare,
        f"{one.ratio:.2f}" if one.ratio is not None else "",
        f"{one.processor_ratio:.2f}" if one.processor_ratio is not None else "",
        f"{one.first.median_ms:.1f}" if one.first else "",
        f"{one.first_ratio:.2f}" if one.first_ratio is not None else "",
        mark,
    )


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with aligned columns: names to the left, figures to the right."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    left = {0, _HEADS.index("对照"), _HEADS.index("预算")}
    for row in rows:
        cells = []
        for place, cell in enumerate(row):
            blank = " " * (widths[place] - _width(cell))
            cells.append(cell + blank if place in left else blank + cell)
        yield "  ".join(cells).rstrip()
