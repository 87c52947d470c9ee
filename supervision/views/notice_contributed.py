"""What notices contribute to the pages and figures of the other app (erqi.common.contributions): said once, when the app is ready."""

from erqi.common import contributions
from erqi.common.attachment_views import let_decide
from erqi.common.contributions import Panel
from supervision.services import notice_duty, notice_lines
from supervision.stats import notice_todo
from supervision.stats.notice import headlines
from supervision.views import notice, notice_panels

_TEMPLATE = "supervision/_project_notices.html"


def contribute() -> None:
    """Enter the contributions of notices."""
    contributions.WORDS.todo_kinds[notice_todo.KIND] = "督察通知单"
    contributions.WORDS.acting |= {"supervise", "supervise.approve", "inspect"}
    contributions.TODO.add(notice_todo.items)
    contributions.WAITING.add(notice_todo.waiting)
    contributions.HEADLINES.add(headlines)
    contributions.REMINDERS.add(notice_lines.notice_lines)
    contributions.DUTIES.add(notice_duty.duties)
    contributions.PLACES[notice_duty.SOURCE] = notice_duty.place
    contributions.PROJECT_ACTIONS.add(notice_panels.project_actions)
    contributions.CARD_ACTIONS.add(notice_panels.card_action)
    contributions.PROJECT_PANELS.add(Panel("notices", _TEMPLATE, notice_panels.project_panel, order=45))
    contributions.UNIT_PANELS.add(Panel("notices", _TEMPLATE, notice_panels.unit_panel, order=45))
    for label in ("supervision.notice", "supervision.noticeact"):
        let_decide(label, notice.decide_reading)
