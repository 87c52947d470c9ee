"""A supervision notice in words: how it stands, what it says of a project, what the unit is asked for."""

from collections.abc import Sequence
from datetime import date

from erqi.common.dates import chinese_day
from supervision.choices import NoticeKind, NoticeState, WarningLevel
from supervision.rules.notice import ASKED
from supervision.rules.notice_course import Course, Standing, Weight, Why

_TITLES = {
    NoticeKind.REMIND: "关于加快推进{name}的提醒",
    NoticeKind.LETTER: "关于加快推进{name}的督办函",
    NoticeKind.SUPERVISE: "关于督办{name}的通知",
    NoticeKind.CORRECT: "关于更正{name}上报情况的通知",
    NoticeKind.URGE: "关于催办{name}有关事项的通知",
    NoticeKind.ASSIGN: "关于办理{name}有关事项的通知",
}
# What the form is called above the red line.
_HEADS = {NoticeKind.LETTER: "督办函", NoticeKind.URGE: "督察催办通知"}
_LONGEST_NAME = 40
# What holds while the sender has to decide.
_STOPPED = "决定前停止计时"
_NUMERALS = "一二三四五六七八九"


def head_words(kind: str) -> str:
    """Return what the document is called in its red head."""
    return _HEADS.get(NoticeKind(kind), "督察通知单")


def title_words(kind: str, name: str, what: str = "项目") -> str:
    """Return the title of a notice about a project, or about what else is so called."""
    shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return _TITLES[NoticeKind(kind)].format(name=f"“{shown}”{what}")


def body_words(
    kind: str,
    name: str,
    code: str,
    sentence: str,
    facts: list[str],
    day: date,
    asked: Sequence[str] = (),
    what: str = "项目",
) -> str:
    """Return the text of a notice about a project, or about what else is so called: how it stands on the day with its figures, and what
    is asked for (`asked`: something else than the kind asks for)."""
    first = f"截至{chinese_day(day)}，“{name}”{what}（编号{code}）状态为{sentence}"
    if not sentence:
        first = f"现就“{name}”{what}（编号{code}）有关事项通知如下。"
    lines = [first]
    if facts:
        lines.append("主要情况：" + "；".join(facts) + "。")
    lines += asked_words(asked or ASKED[NoticeKind(kind)])
    return "\n".join(lines)


def untrue_words(name: str, code: str, on: date, reported: str, observed: str) -> str:
    """Return the text of a notice that asks for the correction of what was found untrue on a day."""
    lines = [f"{chinese_day(on)}督察认定，“{name}”项目（编号{code}）上报情况不实。"]
    lines += [f"{head}：{words.rstrip('。')}。" for head, words in (("上报情况", reported), ("督察所见", observed)) if words]
    return "\n".join([*lines, *asked_words(ASKED[NoticeKind.CORRECT])])


def asked_words(asked: Sequence[str]) -> list[str]:
    """Return the paragraphs that say what the unit is asked for. By when stands below, as a day: one limit only."""
    head = "请你单位认真研究，抓紧落实，在反馈时限内书面反馈以下内容："
    return [head, *(f"{_NUMERALS[place]}、{words}{'。' if place == len(asked) - 1 else '；'}" for place, words in enumerate(asked))]


def not_yours_to_answer(addressee: str) -> str:
    """Return why somebody cannot answer a leader's instruction: it names others."""
    return f"这项批示由{addressee}落实，您的账号（或您的任职单位）不能办理此项。"


def answered_already(by: str, on: date) -> str:
    """Return why an instruction is answered no more."""
    return f"这项批示已由{by}于{chinese_day(on)}落实，无需再办。"


NO_CHANGE = "没有待审签的变更。"


def change_waits(by: str, on: date) -> str:
    """Return why no other change can be proposed: one waits."""
    return f"{by or '系统'}{chinese_day(on)}拟的变更还没有审签。请等审签，或先收回再重拟。"


def change_overtaken(by: str, on: date) -> str:
    """Return why a notice is not closed while a change waits: the reply to it has come, so that it cannot be sent any more."""
    said = f"{by or '系统'}{chinese_day(on)}拟的变更还没有审签，单位已反馈，不能再签发。"
    return f"{said}请先收回（督察办）或不同意（审签人），再办结；确需变更的，先退回重办。"


def change_too_late(due_on: date) -> str:
    """Return why a change cannot be approved any more."""
    return f"拟定的反馈时限{chinese_day(due_on)}已到或已过。请不同意这份变更，由拟稿人另定时限后重拟。"


def standing_words(found: Standing | None) -> str:
    """Return why a notice has its level; an empty text where nothing presses."""
    if found is None:
        return ""
    if found.why is Why.LATE:
        return f"反馈逾期 {found.days} 个工作日"
    if found.why is Why.DUE:
        return f"距反馈时限 {found.days} 个工作日" if found.days else "今天到期"
    if found.why is Why.UNSIGNED:
        return f"下发后 {found.days} 个工作日未签收"
    if found.why is Why.RETURNED:
        return f"反馈被退回 {found.days} 次"
    return "拒收，待转办或维持" if found.why is Why.REFUSED else ""


def weight_words(number: str, found: Weight) -> tuple[str, str, str]:
    """Return what weighs on a project's colour besides the limit of a notice: the whole sentence, what the rules look at, the remedy."""
    name = f"督察通知单{number}"
    if found.why is Why.RETURNED:
        times = f"{found.times} 次"
        rule = "反馈退回 1 次" if found.times == 1 else "反馈退回 2 次以上"
        return f"{name}反馈被退回 {times}，尚未审核通过", rule, f"{name}反馈经审核通过"
    if found.why is Why.REFUSED:
        return f"{name}被拒收，待转办或维持交办", "拒收未处理", f"{name}转办或维持交办"
    return f"{name}下发后满 {found.times} 个工作日未签收", f"满 {found.times} 个工作日未签收", f"签收{name}"


def standing_label(found: Standing | None, state: str | None) -> str:
    """Return the word beside a notice's level."""
    if found is None:
        return ""
    return {WarningLevel.GREEN: "按期", WarningLevel.BLUE: "提醒", WarningLevel.YELLOW: "预警", WarningLevel.RED: "告警"}[found.level]


def next_words(state: str, due_on: date | None, asked_due_on: date | None, asked_unit: str, *, late: bool) -> str:
    """Return what comes next and by whom, as the page says it below the heading."""
    by = f"，反馈时限{chinese_day(due_on)}" if due_on else ""
    hard = "，请尽快反馈并说明原因。" if late else "；确有困难的，到期前申请延期。"
    asked = f"申请延期至{chinese_day(asked_due_on)}" if asked_due_on else "申请延期"
    return {
        NoticeState.DRAFT: "拟稿中，送审后由他人审签。",
        NoticeState.APPROVING: "已送审，由督察办负责人或区领导审签（不能是拟稿、送审的人）。",
        NoticeState.APPROVED: "已审签，由督察办下发；下发时编号，时限从下发之日起算。",
        NoticeState.ISSUED: f"已下发，承办单位须签收{by}；不属本单位职责的，写明理由拒收。",
        NoticeState.HANDLING: f"承办单位办理中{by}{hard}",
        NoticeState.EXTENDING: f"承办单位{asked}，由督察办决定；{_STOPPED}。",
        NoticeState.TRANSFERRING: f"承办单位申请转办{f'（建议转{asked_unit}）' if asked_unit else ''}，由督察办决定；{_STOPPED}。",
        NoticeState.REFUSED: f"承办单位拒收，由督察办转办，或由督察办、区领导维持交办；{_STOPPED}。",
        NoticeState.REPLIED: "承办单位已反馈，由督察员或督察办审核。",
        NoticeState.REVIEWED: "反馈已审核通过，由督察办另一人办结（没有其他人的，由区领导办结）。",
        NoticeState.CLOSED: "已办结；可归档，情况有变的可重新办理。",
        NoticeState.ARCHIVED: "已归档。",
        NoticeState.WITHDRAWN: "拟稿已撤回，没有下发。",
        NoticeState.REVOKED: "已撤销，承办单位不再办理；文号保留。",
    }[NoticeState(state)]


def lateness_words(days: int | None) -> str:
    """Return how punctual a reply came."""
    if days is None:
        return ""
    return f"逾期 {days} 个工作日反馈" if days else "按期反馈"


def counts_words(found: Course) -> str:
    """Return how often what happened: 延期 1 次、催办 2 次."""
    counted = (
        ("延期", found.extensions),
        ("转办", found.transfers),
        ("拒收", found.refusals),
        ("退回", found.returns),
        ("催办", found.urges),
        ("变更", found.changes),
    )
    return "、".join(f"{word} {number} 次" for word, number in counted if number)
