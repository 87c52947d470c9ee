"""Drives every page of one size and says what was found; erqi.bench.report puts it into words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from django.db import connection

from erqi.bench.drive import Answers, Target, at_once, first_answer, in_turns
from erqi.bench.inside import Queries, Sessions, bare_queries, plain_settings
from erqi.bench.pages import BARE, WORKBOOK, Page, bare_url, pages
from erqi.bench.serve import BARE as BARE_SITE
from erqi.bench.serve import PRODUCT, Server, serving
from erqi.bench.workbook import bare_loop
from erqi.common.kept import SEQUENCE
from erqi.serving import static

CLIENTS = 8
# The size for which the budgets are set (design.md §7): a filter that leaves ten rows compares frames of pages, not lists.
BUDGET_SIZE = 10_000
# An export takes seconds: fewer requests say enough.
_EXPORTS = 5


@dataclass(frozen=True)
class Limits:
    """At most so many requests and seconds for each page and number of clients."""

    requests: int = 40
    seconds: float = 4.0


@dataclass
class Finding:
    """What was found of one page. `trouble` says why it was not driven; without it all figures are there.

    `ratio` is the median of one client divided by that of what the page is set against, asked in turns with it; `processor_ratio` the
    same of the processor time. `first` are answers of which each is the first after something was written (erqi.common.kept), for pages
    that have a budget, `first_ratio` their ratio.
    """

    name: str
    url: str = ""
    trouble: str = ""
    one: Answers | None = None
    many: Answers | None = None
    first: Answers | None = None
    first_ratio: float | None = None
    queries: Queries | None = None
    bare: str = ""
    ratio: float | None = None
    processor_ratio: float | None = None
    budget: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the page costs more than its budget."""
        return self.ratio is not None and self.budget is not None and self.ratio > self.budget


@dataclass
class Findings:
    """All that was found of one size: pages, the bare page's variants, and the seconds of the bare workbook (None: not needed)."""

    pages: list[Finding] = field(default_factory=list)
    bare: list[Finding] = field(default_factory=list)
    workbook_seconds: float | None = None


def unknown_names(names: Iterable[str]) -> list[str]:
    """Return the names that no page has, where whole groups (`ledger`) are named too."""
    known = [page.name for page in pages()]
    return [name for name in names if not any(_is_named(one, [name]) for one in known)]


def _is_named(page: str, names: Iterable[str]) -> bool:
    return any(page == name or page.startswith(f"{name}.") for name in names)


def measure(size: int, database_url: str, limits: Limits, names: Iterable[str], say: Callable[[str], None]) -> Findings:
    """Drive the pages (all, or those named) over the scratch database in use."""
    names = list(names)
    asked = [page for page in pages() if not names or _is_named(page.name, names)]
    found = Findings()
    static.collect_static()
    with plain_settings(), serving(PRODUCT, database_url) as server, serving(BARE_SITE, database_url) as bare_server:
        sessions = Sessions()
        bare = {name: Target(bare_server, bare_url(name)) for name in BARE}
        for name, target in bare.items():
            if any(page.bare == name for page in asked) or name == "bare":
                say(name)
                first_answer(target)
                answers = in_turns([target], limits.requests, limits.seconds)[0]
                many = at_once(target, CLIENTS, limits.requests * 2, limits.seconds)
                found.bare.append(Finding(name, target.url, one=answers, many=many, queries=bare_queries(BARE[name])))
        for page in asked:
            say(page.name)
            finding = _finding(page, server, sessions)
            if size < BUDGET_SIZE:
                finding.budget = None
            if not finding.trouble and page.bare == WORKBOOK:
                found.workbook_seconds = found.workbook_seconds or bare_loop(size)
                finding.one = in_turns([_target(page, server, sessions)], _EXPORTS, limits.seconds)[0]
                finding.ratio = finding.one.median_ms / 1000 / found.workbook_seconds
            elif not finding.trouble:
                _compare(finding, _target(page, server, sessions), bare[page.bare], limits)
            found.pages.append(finding)
    return found


def _target(page: Page, server: Server, sessions: Sessions) -> Target:
    return Target(server, page.url or "", sessions.cookie(page.user))


def _finding(page: Page, server: Server, sessions: Sessions) -> Finding:
    """Return the page's finding without times, or why it cannot be driven."""
    finding = Finding(page.name, page.url or "", bare=page.bare, budget=page.budget)
    if page.url is None:
        finding.trouble = "尚无此页"
        return finding
    answers = first_answer(_target(page, server, sessions))
    if answers.location:
        finding.trouble = f"尚无此页（转到 {answers.location}）"
    elif answers.status != HTTPStatus.OK:
        finding.trouble = f"回答 {answers.status}"
    else:
        finding.queries = sessions.queries(page.user, page.url)
    return finding


def _compare(finding: Finding, target: Target, bare: Target, limits: Limits) -> None:
    """Ask for the page in turns with the bare page, then by several clients at once."""
    first_answer(bare)
    one, beside = in_turns([target, bare], limits.requests, limits.seconds)
    finding.one, finding.ratio = one, one.median_ms / beside.median_ms
    if one.processor and beside.processor:
        finding.processor_ratio = one.processor / beside.processor
    if finding.budget is not None:
        finding.first = in_turns([replace(target, before=_write)], limits.requests, limits.seconds)[0]
        finding.first_ratio = finding.first.median_ms / beside.median_ms
    finding.many = at_once(target, CLIENTS, limits.requests * 2, limits.seconds)


def _write() -> None:
    """Step the version of the data as any change does, so that nothing that was kept holds any longer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
