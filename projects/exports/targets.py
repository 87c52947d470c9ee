"""年度目标: the year's targets with the figure adopted, what the documents print, what was reached by the day and how that stands."""

from collections.abc import Iterator
from itertools import chain, count
from typing import Any

from erqi.common import numbers
from erqi.common.workbook.declare import Column, Row, Sheet
from projects.choices import AdoptionRule
from projects.exports.scope import Scope
from projects.models import Citation, Target, TargetClaim
from projects.querysets.document import CitationIndex
from projects.rules.target import Agreement, Figure, agreement
from projects.sentences.target import figure_words, gap_words, state_word, why_word
from projects.stats.target import COMPUTED, TargetState, states_of

WHOLE_DISTRICT = "全区"
COLUMNS = [
    Column("number", "序号", "ordinal"),
    Column("indicator", "指标", "text", widest=34),
    Column("measure", "口径", "center"),
    Column("wording", "措辞", "center", group="目标（采用的数字）"),
    Column("value", "数值", "number", group="目标（采用的数字）"),
    Column("unit", "计量单位", "center", group="目标（采用的数字）"),
    Column("bound", "界限", "center", group="目标（采用的数字）"),
    Column("printed", "原文表述", "long", group="来源", widest=30),
    Column("document", "采用的文件", "text", group="来源"),
    Column("why", "采用依据", "text", group="来源", widest=22),
    Column("others", "各文件数字不一致", "long", group="来源", widest=26),
    Column("done", "数值", "number", group="完成情况"),
    Column("done_bound", "界限", "center", group="完成情况"),
    Column("done_on", "截止日期", "date", group="完成情况"),
    Column("source", "来自", "center", group="完成情况"),
    Column("registered", "另有登记", "text", group="完成情况", hide_empty=True),
    Column("share", "占目标", "percent", group="完成情况"),
    Column("time_share", "序时", "percent", group="进度"),
    Column("gap", "超欠", "text", group="进度", widest=24),
    Column("planned", "计划到期", "number", group="进度", hide_empty=True),
    Column("kept", "其中已完成", "number", group="进度", hide_empty=True),
    Column("state", "状态", "center", group="进度"),
    Column("unknown", "无法判断的原因", "text", group="进度", widest=24),
    Column("responsible", "责任单位", "text"),
    Column("project", "对应项目", "text"),
    Column("note", "说明", "long", widest=30),
]
NOTES = [
    "目标数字来自文件，文件不一致的，采用其中一个并列出其余；完成数字能由区级台账算出的由台账计算，其余为截至所示日期最近一次登记。",
    "占目标＝完成数÷采用的目标数，只对总量指标计算；增速、占比以及本身带“以上”“左右”的完成数不计算。",
    "序时为全年已过去的部分，投资算到最近一个数据截止日。计划在年内足数的按计划时限判断，其余按序时；“左右”在 5% 以内算达到。",
]


def target_sheets(scope: Scope) -> list[Sheet]:
    """Return the year's targets, the whole district's first. The filters are about projects and do not apply."""
    return [
        Sheet(
            name="年度目标",
            title=f"{scope.year}年目标",
            columns=COLUMNS,
            rows=target_rows(scope),
            info=scope.info(money=False),
            pinned=2,
            blank="这一年度还没有登记目标",
            notes=NOTES,
        )
    ]


def target_rows(scope: Scope) -> Iterator[Row]:
    """Yield the targets: at most eighteen queries whatever their number."""
    targets = list(Target.objects.for_list(scope.year))
    # The whole district first, then each unit by pinyin, as the page has them.
    targets.sort(key=lambda target: (target.scope is not None, target.scope.sort_key if target.scope else "", target.seq, target.pk))
    sources = Citation.objects.index(chain.from_iterable([target, *target.claims.all()] for target in targets))
    states = states_of(targets, scope.year, scope.day.day)
    number = count(1)
    for target, state in zip(targets, states, strict=True):
        claims = list(target.claims.all())
        adopted = next((claim for claim in claims if claim.adopted), None)
        yield Row(
            [
                next(number),
                target.indicator,
                target.get_measure_display(),
                *((adopted.get_wording_display(), adopted.value) if adopted else (None, None)),
                target.unit,
                adopted.get_bound_display() if adopted else None,
                _printed(adopted, sources) if adopted else None,
                f"{adopted.document.code} {adopted.document.title}" if adopted else "文件未载目标数",
                _why(adopted) if adopted else None,
                _differing(target, claims),
                *_reached(state),
                str(target.responsible) if target.responsible else None,
                str(target.project) if target.project else None,
                target.note,
            ],
            key=f"target:{target.pk}",
            version=str(target.version),
            group=str(target.scope) if target.scope else WHOLE_DISTRICT,
        )


def _reached(state: TargetState) -> list[Any]:
    """Return the cells of what was reached and how that stands."""
    reading, ledger = state.reading, state.computed if state.source == COMPUTED else None
    registered = figure_words(reading.value, state.target.unit, reading.get_bound_display()) if reading else ""
    if ledger:
        bound, source = "至少" if ledger.partial else None, f"台账计算{'（模拟）' if ledger.simulated else ''}"
    else:
        bound, source = (reading.get_bound_display(), "登记") if reading else (None, None)
    plan = ledger.plan if ledger else None
    return [
        state.result,
        bound,
        state.on,
        source,
        f"{registered}（{reading.on}）" if ledger and reading else None,
        state.share,
        state.time_share,
        gap_words(state.judgement, state.target.measure) or None,
        *((plan.due, plan.done) if plan else (None, None)),
        state_word(state.judgement, state.figure.wording if state.figure else ""),
        why_word(state.judgement) or None,
    ]


def _printed(claim: TargetClaim, sources: CitationIndex) -> str:
    return next((cited.as_printed for cited in sources.get((claim._meta.model_name, claim.pk, "value"), [])), "")


def _why(claim: TargetClaim) -> str:
    if claim.adopted_rule == AdoptionRule.PERSON:
        return f"人工采用：{claim.adoption_reason}"
    return str(claim.get_adopted_rule_display())


def _differing(target: Target, claims: list[TargetClaim]) -> str | None:
    """Return what each document says where they disagree: D0 60个，D2 65个."""
    if agreement(Figure(claim.value, claim.bound, claim.wording) for claim in claims) != Agreement.CONFLICT:
        return None
    ordered = sorted(claims, key=lambda claim: claim.document.code)
    return "，".join(f"{claim.document.code} {numbers.plain(claim.value)}{target.unit}{claim.get_bound_display()}" for claim in ordered)
