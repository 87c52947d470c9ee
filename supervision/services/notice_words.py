"""What a notice about a project says before anybody types: its colour on the day with figures and causes, and what is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day, in_year
from projects.choices import LEVELS, WarningLevel
from projects.models import Project, WarningSchedule
from projects.rules.warning import assess
from projects.sentences.warning import assessment_words, colour_sentence
from supervision.choices import NoticeKind, NoticeSource
from supervision.models import Finding
from supervision.sentences.notice import body_words, title_words, untrue_words

# So many causes are named; the others stand on the project's page.
MOST_FACTS = 5


@dataclass(frozen=True)
class Words:
    """Title and text, and the project's level on the day."""

    title: str
    text: str
    level: WarningLevel = WarningLevel.UNRATED
    # Whether the figures come out of a simulation.
    simulated: bool = False


def first_words(project: Project, kind: str, day: date, asked: Sequence[str] = ()) -> Words:
    """Return what a notice of the kind says of the project on the day (`asked`: something else than the kind asks for): one query. Where
    the day's year has no colours yet, the year before is read, on its 31 December."""
    row = _newest(project, day).select_related("policy").first()
    title = title_words(kind, project.name)
    if row is None:
        return Words(title, body_words(kind, project.name, project.code, "", [], day, asked))
    day = in_year(day, row.year)
    policy, level = row.policy.policy, row.level_on(day)
    found = assess(policy, row.known_facts, workdays, day)
    behind = [one for one in found if one.counts and not one.done and one.level > WarningLevel.GREEN]
    facts = [assessment_words(one, policy.basis) for one in behind[:MOST_FACTS]]
    since = row.since(day)
    sentence = colour_sentence(level, policy, found, row.bounds, since, day)
    if facts and level in LEVELS:
        # The causes follow, one by one.
        sentence = f"{policy.label(level)}，自{chinese_day(since)}起第 {(day - since).days + 1} 天。"
    return Words(title, body_words(kind, project.name, project.code, sentence, facts, day, asked), level, row.simulated)


def _newest(project: Project, day: date) -> QuerySet:
    return WarningSchedule.objects.filter(project=project, year__lte=day.year).on(day).order_by("-year")


def correcting_words(finding: Finding) -> Words:
    """Return what a notice that asks for a correction says: what was found when, what was reported, what was seen."""
    project = finding.project
    assert project is not None  # noqa: S101  what is proposed is about a project
    text = untrue_words(project.name, project.code, finding.raised_on, finding.reported, finding.observed)
    return Words(title_words(NoticeKind.CORRECT, project.name), text, simulated=finding.simulated)


def quotes_simulated(project: Project | None, source: str) -> bool:
    """Say whether a notice quotes simulated figures: of the project's colour today, where it follows from that."""
    if project is None or source != NoticeSource.PROJECT:
        return False
    return bool(_newest(project, clock.today()).values_list("simulated", flat=True).first())


def kind_for(level: WarningLevel, else_: NoticeKind = NoticeKind.REMIND) -> NoticeKind:
    """Return the kind of notice that a colour asks for (domain.md §1.7); `else_` where it is neither yellow nor red."""
    return {WarningLevel.RED: NoticeKind.SUPERVISE, WarningLevel.YELLOW: NoticeKind.REMIND}.get(level, else_)
