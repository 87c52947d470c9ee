"""年度目标: the year's targets with the figure adopted, what the documents print, what was reached by the day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, count

from erqi.common.dates import chinese_day
from erqi.common.workbook.declare import Column, Row, Sheet
from projects.choices import AdoptionRule
from projects.exports.scope import Scope
from projects.exports.summary import INCLUDES, SIMULATED
from projects.models import Citation, Target, TargetClaim
from projects.querysets.document import CitationIndex
from projects.rules.target import Agreement, Figure, agreement
from projects.sentences.target import figure_words, gap_words, state_word, why_word
from projects.stats.target import COMPUTED, TargetState, target_states

WHOLE_DISTRICT = "全区"
COLUMNS = [
    Column("number", "序号", "ordinal"),
    Column("indicator", "指标", "text", widest=34),
    Column("measure", "口径", "center"),
    Column("wording", "措辞", "center", group="目标（采用的数字）"),
    Column("value", "数值", "number", group="目标（采用的数字）"),
    Column("unit", "计量单位", "center", group="目标（采用的数字）"),
    Column("bound", "界限", "center", group="目标（采用的数字）"),
    Column("done", "数值", "number", group="完成情况"),
    Column("done_bound", "界限", "center", group="完成情况"),
    Column("source", "来自", "center", group="完成情况"),
    Column("done_on", "截止日期", "date", group="完成情况"),
    Column("share", "占目标", "percent", group="完成情况"),
    Column("time", "序时", "percent", group="完成情况"),
    Column("gap", "与序时（目标）相比", "text", group="完成情况", widest=22),
    Column("state", "状态", "text", widest=16),
    Column("unjudged", "不能判断的原因", "long", widest=24, hide_empty=True),
    Column("responsible", "责任单位", "text", widest=22),
    Column("project", "对应项目", "text", widest=22),
    Column("printed", "原文表述", "long", group="来源", widest=26),
    Column("document", "采用的文件", "text", group="来源"),
    Column("why", "采用依据", "text", group="来源", widest=20),
    Column("others", "各文件数字不一致", "long", group="来源", widest=22),
    Column("note", "说明", "long", widest=28),
    SIMULATED,
]
NOTES = [
    "目标数字来自文件，文件不一致的，采用其中一个并列出其余。完成数字能由台账算出的由台账计算，其余为截至所示日期最近一次登记的。",
    "占目标＝完成数÷采用的目标数，只对总量指标计算；序时＝全年已过去的部分。“以上”须达到所印数字，“左右”在5%以内算达到。",
]


def target_sheets(scope: Scope) -> list[Sheet]:
    """Return the year's targets, the whole district's first. The filters are about projects and do not apply."""
    return [target_sheet(scope.year, scope.day.day, target_states(scope.year, scope.day.day))]


def target_sheet(year: int, day: date, states: Iterable[TargetState]) -> Sheet:
    """Return targets of a year and how they stand on the day."""
    return Sheet(
        name="年度目标",
        title=f"{year}年目标",
        columns=COLUMNS,
        rows=_rows(states),
        info=("", f"数据截止：{chinese_day(day)}", ""),
        pinned=2,
        blank="这一年度还没有登记目标",
        notes=NOTES,
    )


def _rows(states: Iterable[TargetState]) -> Iterator[Row]:
    # The whole district first, then each unit by pinyin, as the page has them.
    found = sorted(states, key=lambda state: _place(state.target))
    sources = Citation.objects.index(chain.from_iterable([state.target, *state.target.claims.all()] for state in found))
    number = count(1)
    for state in found:
        target = state.target
        claims = list(target.claims.all())
        adopted = next((claim for claim in claims if claim.adopted), None)
        reading = state.reading if state.source and state.source != COMPUTED else None
        yield Row(
            [
                *(next(number), target.indicator, target.get_measure_display()),
                *((adopted.get_wording_display(), adopted.value) if adopted else (None, None)),
                *(target.unit, adopted.get_bound_display() if adopted else None),
                *(state.result, reading.get_bound_display() if reading else None),
                *({COMPUTED: "台账计算", "": None}.get(state.source, "登记"), state.on, state.share, state.time_share),
                *(gap_words(state.judgement, target.measure), state_word(state.judgement, adopted.wording if adopted else "")),
                *(why_word(state.judgement), str(target.responsible or "") or None, str(target.project or "") or None),
                *((_printed(adopted, sources), str(adopted.document), _why(adopted)) if adopted else (None, "文件未载目标数", None)),
                *(_differing(target, claims), target.note, INCLUDES if state.simulated else None),
            ],
            key=f"target:{target.pk}",
            version=str(target.version),
            group=str(target.scope) if target.scope else WHOLE_DISTRICT,
            simulated=state.simulated,
        )


def _place(target: Target) -> tuple[bool, str, int, int]:
    return target.scope is not None, target.scope.sort_key if target.scope else "", target.seq, target.pk


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
    return "，".join(f"{claim.document.code} {figure_words(claim.value, target.unit, claim.get_bound_display())}" for claim in ordered)
