"""All state machines of the supervision app, in the order in which docs/states.md shows them."""

from supervision.rules import escalation, finding, inquiry, inspection, issue, item, notice
from supervision.rules.machine import Machine

MACHINES: tuple[Machine, ...] = (
    issue.MACHINE,
    notice.MACHINE,
    escalation.MACHINE,
    item.MACHINE,
    inspection.MACHINE,
    finding.MACHINE,
    inquiry.MACHINE,
)
