"""Proposals to escalate on desks and in the inbox."""

from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse

from projects.choices import ReminderKind, WarningLevel
from projects.sentences.colour import month_day
from projects.services.addressees import Addressees, accounts_with
from projects.services.due_lines import Day
from projects.services.reminder import Line
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Link
from supervision.choices import EscalationTrigger
from supervision.models import Escalation
from supervision.rules.escalation import DOCUMENTS, ORDER
from supervision.services.escalation import propose_escalations

KIND = "escalation"
# So many of a kind are named; the list shows all.
NAMED = 8


def todo_items(desk: Desk) -> list[Item]:
    """Return what awaits the supervision office: a line for each trigger, with its projects."""
    if not desk.user.can("supervise"):
        return []
    by_trigger: dict[EscalationTrigger, list[Escalation]] = defaultdict(list)
    for row in Escalation.objects.open():
        by_trigger[EscalationTrigger(row.trigger)].append(row)
    return [_item(trigger, by_trigger[trigger], desk) for trigger in reversed(ORDER) if by_trigger[trigger]]


def _item(trigger: EscalationTrigger, rows: list[Escalation], desk: Desk) -> Item:
    document = DOCUMENTS[trigger]
    address = f"{reverse('supervision:escalation_list')}?state=proposed&trigger={trigger}"
    parts = tuple(Link(str(row.project), row.get_absolute_url(), f"自{month_day(row.since, desk.day)}") for row in rows[:NAMED])
    more = len(rows) - len(parts)
    return Item(
        KIND,
        f"升级提议：{trigger.label}，{len(rows)} 个项目",
        rows[0].get_absolute_url() if len(rows) == 1 else address,
        "处置",
        WarningLevel(max(row.level for row in rows)),
        min(row.proposed_on for row in rows),
        text=f"建议发督察通知单（{document.kind.label}），要求反馈{document.asks}" + (f"；另有 {more} 个项目未列出" if more else ""),
        follows="采纳后自动拟稿；不采纳的写明理由",
        parts=parts,
        simulated=any(row.simulated for row in rows),
    )


def reminders(day: Day, of: Addressees) -> Iterator[Line]:
    """Propose what is due on the day, and tell the supervision office of each new proposal once."""
    propose_escalations()
    people = accounts_with("supervise")
    rows = Escalation.objects.open().filter(proposed_on=day.on)
    for row in rows:
        yield Line(
            people,
            ReminderKind.TASK,
            f"escalation/{row.pk}",
            f"升级提议：{row.project} {row.get_trigger_display()}",
            f"{row.reason.rstrip('。')}。建议发督察通知单（{DOCUMENTS[EscalationTrigger(row.trigger)].kind.label}）。",
            row.get_absolute_url(),
            row.simulated,
        )
