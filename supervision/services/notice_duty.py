"""What notices mean for a project's colour (D5, domain.md §1.6): a reply is owed by a day; a return and a refusal weigh by themselves."""

from collections.abc import Collection, Iterator
from datetime import date

from erqi.common import clock, workdays
from erqi.common.contributions import Duty, Place
from projects.choices import Dimension
from projects.rules.warning import Event
from supervision.models import Notice
from supervision.rules.notice import UNDER_WAY
from supervision.rules.notice_course import Weight
from supervision.sentences.notice import weight_words
from supervision.stats.notice import courses

SOURCE = "notice"


def duties(projects: Collection[int], year: int, day: date) -> Iterator[Duty]:
    """Yield what weighed on the day on the projects (keys) because of notices: two queries.

    The limit of the reply that was owed, its clock standing still while the sender had to decide; and what happened
    (`Course.weights`). It is the rule of the notice's own level (supervision.rules.notice_course).
    """
    rows = Notice.objects.filter(project__in=projects).exclude(issued_on=None)
    # Of an earlier day the acts say what was under way then.
    notices = list((rows.filter(state__in=UNDER_WAY) if day >= clock.today() else rows).order_by("pk"))
    read = courses(notices, day)
    for notice in notices:
        known, number = read[notice.pk], notice.number_text
        events = tuple(_event(number, weight) for weight in known.weights(workdays))
        if notice.project_id and (known.limit is not None or events):
            name = f"督察通知单{number}反馈"
            yield Duty(
                notice.project_id, Dimension.NOTICE, SOURCE, notice.pk, name, known.limit, notice.simulated, known.stopped_on, events
            )


def _event(number: str, weight: Weight) -> Event:
    return Event(weight.level, weight.on, *weight_words(number, weight))


def place(key: int) -> Place:
    """Return where somebody answers a notice."""
    return Place(Notice(pk=key).get_absolute_url(), "办理通知单")
