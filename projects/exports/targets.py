"""年度目标: the year's targets with the figure adopted, what the documents print, what was reached by the day."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, count

from erqi.common import numbers
from erqi.common.dates import chinese_day
from erqi.common.workbook.declare import Column, Row, Sheet
from projects.choices import AdoptionRule
from projects.exports.scope import Scope
from projects.models import Citation, Target, TargetClaim
from projects.querysets.document import CitationIndex
from projects.rules.target import Agreement, Figure, agreement, completion

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
    Column("share", "占目标", "percent", group="完成情况"),
    Column("responsible", "责任单位", "text"),
    Column("project", "对应项目", "text"),
    Column("note", "说明", "long", widest=30),
]
NOTES = [
    "目标数字来自文件，文件不一致的，采用其中一个并列出其余；完成数字为截至所示日期的最近一次。",
    "占目标＝完成数÷采用的目标数，只对总量指标计算；增速、占比以及本身带“以上”“左右”的完成数不计算。",
]


def target_sheets(scope: Scope) -> list[Sheet]:
    """Return the year's targets, the whole district's first: four queries. The filters are about projects and do not apply."""
    return [target_sheet(scope.year, scope.day.day, Target.objects.for_list(scope.year))]


def target_sheet(year: int, day: date, targets: Iterable[Target]) -> Sheet:
    """Return targets of a year (fetched with their claims) with what was reached by the day."""
    return Sheet(
        name="年度目标",
        title=f"{year}年目标",
        columns=COLUMNS,
        rows=_rows(day, targets),
        info=("填报单位：", f"数据截止：{chinese_day(day)}", ""),
        pinned=2,
        blank="这一年度还没有登记目标",
        notes=NOTES,
    )


def _rows(day: date, found: Iterable[Target]) -> Iterator[Row]:
    targets = list(found)
    # The whole district first, then each unit by pinyin, as the page has them.
    targets.sort(key=lambda target: (target.scope is not None, target.scope.sort_key if target.scope else "", target.seq, target.pk))
    sources = Citation.objects.index(chain.from_iterable([target, *target.claims.all()] for target in targets))
    number = count(1)
    for target in targets:
        claims = list(target.claims.all())
        adopted = next((claim for claim in claims if claim.adopted), None)
        reached = next((reading for reading in reversed(target.readings.all()) if reading.on <= day), None)
        of_target = Figure(adopted.value, adopted.bound, adopted.wording) if adopted else None
        share = completion(target.measure, of_target, Figure(reached.value, reached.bound) if reached else None)
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
                *((reached.value, reached.get_bound_display(), reached.on) if reached else (None, None, None)),
                share,
                str(target.responsible) if target.responsible else None,
                str(target.project) if target.project else None,
                target.note,
            ],
            key=f"target:{target.pk}",
            version=str(target.version),
            group=str(target.scope) if target.scope else WHOLE_DISTRICT,
        )


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
