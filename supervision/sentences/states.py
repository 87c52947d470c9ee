"""The state machines as a document: a diagram and a table of each, drawn from the rules (docs/states.md, `manage.py states`)."""

from collections.abc import Iterable

from supervision.rules.machine import Machine, Step
from supervision.sentences.acting import names

HEAD = """# States

Drawn from the tables in `supervision/rules/` by `manage.py states`; a test says when this file is not current. Change the table, not
this file. A step without a new state leaves the record where it is. “Not by” names what the same person may not have done in the
present round (four eyes). 代办人 takes the step of somebody who has no account in use (`supervision/services/parties.py`); 承办单位
includes whoever stands in for a unit without one. 系统 is the platform itself: the day's run, or what follows from another record.
"""


def document(machines: Iterable[Machine]) -> str:
    """Return docs/states.md."""
    return "\n".join([HEAD, *(section(machine) for machine in machines)])


def section(machine: Machine) -> str:
    """Return a machine's heading, diagram and table."""
    return "\n".join([f"## {machine.label} (`{machine.name}`)", "", *_diagram(machine), "", *_table(machine), ""])


def _diagram(machine: Machine) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", *(f"    {code}: {label}" for code, label in machine.states)]
    for step in machine.steps:
        if step.stays:
            continue
        label = machine.action_label(step.action)
        lines += [f"    {source} --> {step.target}: {label}" for source in _sources(machine, step)]
    lines += [f"    {code} --> [*]" for code, _ in machine.states if code in machine.finals]
    return [*lines, "```"]


def _sources(machine: Machine, step: Step) -> list[str]:
    order = [None, *(code for code, _ in machine.states)]
    return [source or "[*]" for source in order if source in step.sources]


def _table(machine: Machine) -> list[str]:
    lines = ["| action | from | to | by | needs | not by |", "|---|---|---|---|---|---|"]
    for step in machine.steps:
        sources = "、".join(machine.state_label(code) if code != "[*]" else "（新建）" for code in _sources(machine, step))
        target = machine.state_label(step.target) if step.target is not None else "（不变）"
        apart = "、".join(machine.action_label(action) for action in sorted(step.other_than))
        who = "、".join([names(step.by), *(["系统"] if step.action in machine.by_itself else [])])
        needs = ", ".join(f"`{name}`" for name in sorted(step.needs))
        lines.append(f"| {machine.action_label(step.action)} `{step.action}` | {sources} | {target} | {who} | {needs} | {apart} |")
    return lines
