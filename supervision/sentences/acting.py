"""What a refused action says: in which state the record is, and whose turn it is; what is missing."""

from collections.abc import Iterable
from datetime import datetime

from supervision.choices import Party
from supervision.rules.machine import Machine, Step

# What has to be given, by its name; families add theirs.
NEEDS = {
    "text": "请写明内容。",
    "reason": "请写明理由。",
    "due_on": "请填写时限。",
    "unit": "请选择承办单位。",
    "uploads": "请上传照片或文件。",
    "evidence_before": "请上传整改前的照片或文件。",
    "evidence_after": "请上传整改后的照片或文件。",
    "cause": "请选择病因。",
    "verdict": "请选择结论。",
    "corrected": "请写明更正了什么。",
    "given_by": "请写明作出批示的领导（姓名、职务）。",
}


def names(parties: Iterable[Party]) -> str:
    """Return the parties' names in their order."""
    found = set(parties)
    return "、".join(party.label for party in Party if party in found)


def meanwhile(machine: Machine, done: Iterable[tuple[str, str]], state: str) -> str:
    """Return what others did since a page was opened: who and which action, in order, and how the record stands now."""
    steps = "，".join(f"{name or '系统'}已“{machine.action_label(action)}”" for name, action in done)
    return f"您打开本页之后，{steps}，现为“{machine.state_label(state)}”。"


def _usual(parties: Iterable[Party]) -> str:
    """Return the parties' names without whoever may stand in for them, unless nobody else can: what one reads is whose step it is."""
    found = set(parties)
    return names(found - {Party.STAND_IN} or found)


def stood_in(step: Step, unit: str, author: str) -> str:
    """Return what an act says that somebody did in place of those who have no account in use; an empty text where it says so itself.

    `unit`: the unit that has the record; `author`: who began it.
    """
    if Party.HANDLER in step.by:
        return f"代办：{unit or '承办单位'}没有可用的账号"
    return f"代办：{author or '提出人'}已不能办理" if Party.AUTHOR in step.by else ""


def said_already(done: str, at: datetime) -> str:
    """Return that the same was said shortly before."""
    return f"您已于{at:%H:%M}提交过同样的内容（{done}），没有重复登记。确需再次提交的，请修改文字。"


def begun_already(done: str, record: object, at: datetime) -> str:
    """Return why a record is not begun a second time."""
    return f"您已于{at:%H:%M}提交过内容相同的“{record}”（{done}），没有重复登记。确需再登记一条的，请写明与前一条的不同。"


def wrong_state(machine: Machine, action: str, state: str) -> str:
    """Return why an action cannot be taken in a state."""
    done = machine.action_label(action)
    if machine.is_final(state):
        return f"这{machine.counter}{machine.label}已“{machine.state_label(state)}”，不能再“{done}”。"
    turn = _usual(machine.turn(state))
    return f"这{machine.counter}{machine.label}现在是“{machine.state_label(state)}”，不能“{done}”；下一步由{turn}办理。请刷新页面查看。"


def not_yours(machine: Machine, step: Step) -> str:
    """Return that a step belongs to others, or (for one that is only taken in place of others) that they are there."""
    if step.by == {Party.STAND_IN}:
        return f"“{machine.action_label(step.action)}”只在应由其办理的人没有可用的账号时代办，现在不需要代办。"
    return f"“{machine.action_label(step.action)}”由{_usual(step.by)}办理，您的账号（或您的任职单位）不能办理此项。"


def whose(machine: Machine, action: str) -> str:
    """Return by whom a step is taken, for somebody who never can."""
    parties = {party for step in machine.steps if step.action == action for party in step.by}
    return f"“{machine.action_label(action)}”由{_usual(parties)}办理，您的账号不能办理此项。"


def same_person(machine: Machine, step: Step, done: str) -> str:
    """Return that four eyes are needed."""
    return f"“{machine.action_label(done)}”是您办理的，“{machine.action_label(step.action)}”须由他人办理。"


def missing(name: str) -> str:
    """Return what is asked for a value that was not given."""
    return NEEDS.get(name, "请填写此项。")
