"""What is asked for on a day (domain.md §1.7), and what becomes of proposals whose ground is gone: they lapse, with the true reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from erqi.common import clock
from erqi.common.dates import in_year
from projects.choices import GRAVE_LEVELS, WarningLevel
from projects.models import WarningSchedule
from projects.rules.policy import Policy
from projects.sentences.policy import level_word
from projects.services.facts import newest_years, schedules_of
from supervision.choices import EscalationAction, EscalationTrigger
from supervision.models import Escalation, Finding
from supervision.rules.escalation import MACHINE
from supervision.sentences import escalation as words
from supervision.services import acting


@dataclass(frozen=True)
class Due:
    """What a project's colour, or what found a report untrue, asks for on a day."""

    project: int
    year: int
    trigger: EscalationTrigger
    level: WarningLevel
    began_on: date
    # The day on which the trigger was pulled: a cut-off, where it asks how many the colour outlives.
    pulled_on: date
    reason: str
    finding: str = ""
    # Whose report was found untrue; of a colour: who reports the project on the day.
    unit: int | None = None
    simulated: bool = False

    @property
    def key(self) -> tuple[int, int, str, date, str]:
        """What makes it the same proposal."""
        return (self.project, self.year, str(self.trigger), self.began_on, self.finding)


def let_lapse(due: dict[tuple[int, str], Due], left: Collection[tuple]) -> None:
    """Let lapse the proposals that wait though their colour was left, asks for more by now, or was answered by a notice (`left`: the keys
    of what was not). A constant number of queries for each year of which something lapses."""
    rows, texts, gone = [], {}, []
    for row in Escalation.objects.open():
        now = due.get((row.project_id, row.finding))
        if now is None:
            gone.append(row)
        elif now.key != (row.project_id, row.year, row.trigger, row.since, row.finding):
            texts[row.pk] = words.overtaken_words(row.trigger, row.year, row.since, now.trigger, now.year, now.began_on)
        elif now.key in left:
            continue
        else:
            texts[row.pk] = words.ANSWERED
        rows.append(row)
    texts |= _why_gone(gone)
    acting.act_many(rows, MACHINE, EscalationAction.LAPSE, by=None, texts=[texts[row.pk] for row in rows])


def _why_gone(rows: Iterable[Escalation]) -> dict[int, str]:
    """Return for each proposal (key) for which nothing presses any more why that is so."""
    of_findings = {row.pk: int(row.finding) for row in rows if row.finding}
    findings = Finding.objects.in_bulk(set(of_findings.values())) if of_findings else {}
    texts = {key: words.SETTLED.format(label=findings[finding].get_state_display()) for key, finding in of_findings.items()}
    of_colours = [row for row in rows if not row.finding]
    if not of_colours:
        return texts
    today, projects = clock.today(), {row.project_id for row in of_colours}
    years = newest_years(today, projects)
    standing = {
        row.project_id: (row, policy)
        for year in sorted(set(years.values()))
        for row, policy in schedules_of([key for key in projects if years.get(key) == year], in_year(today, year), year)
    }
    return texts | {row.pk: _why_left(row, *standing.get(row.project_id, (None, None))) for row in of_colours}


def _why_left(row: Escalation, now: WarningSchedule | None, policy: Policy | None) -> str:
    """Return why a project's colour asks for nothing more, by the schedule of the newest year in which it has one."""
    if now is None or policy is None:
        return words.UNWATCHED
    day = in_year(clock.today(), now.year)
    level = WarningLevel(now.level_on(day))
    label = level_word(policy, level)
    if now.year != row.year:
        return words.NEXT_YEAR.format(year=now.year, label=label, old=row.year)
    if level not in GRAVE_LEVELS:
        return words.LEFT.format(label=label)
    # What the facts alone give is milder: the colour is observed, or waits for its lifting.
    return words.BETTER if now.dates.level(day) < level else words.UNASKED.format(label=label)
