"""Which reports the report centre has: code, name, what each holds, and the function that makes its sheets."""

from collections.abc import Callable
from dataclasses import dataclass

from erqi.common.workbook.declare import Sheet
from projects.exports.ledger import ledger_sheets
from projects.exports.monthly import monthly_sheets
from projects.exports.ranking import ranking_sheets
from projects.exports.scope import Scope
from projects.exports.targets import target_sheets
from projects.exports.warnings import warning_sheets


@dataclass(frozen=True)
class Report:
    """A report: what the address calls it, its name, what is in it, an icon; whether it has amounts, is of a month, follows filters."""

    code: str
    label: str
    about: str
    icon: str
    sheets: Callable[[Scope], list[Sheet]]
    has_money: bool = True
    of_month: bool = False
    has_filters: bool = True

    def title(self, scope: Scope) -> str:
        """Return what a file of the report is called, without the day."""
        month = f"{scope.data_month}月" if self.of_month else ""
        return f"{scope.year}年{month}{self.label}"


REPORTS = {
    report.code: report
    for report in (
        Report(
            "ledger",
            "重点项目总台账",
            "每个项目一行：基本、规模、投资、节点、责任、状态六组，按类别小计、合计；另附汇总、分月进度（带图）和分月计划",
            "table",
            ledger_sheets,
        ),
        Report(
            "monthly",
            "月进度表",
            "一个月的进度：本月和1月起累计的计划、完成、完成率，形象进度，问题，下步计划，谁填报、谁审核",
            "report-analytics",
            monthly_sheets,
            of_month=True,
        ),
        Report(
            "warnings",
            "预警清单",
            "告警、预警、提醒的项目：自何日起、为什么、谁负责、最近月报、建议措施、如无进展何时转色",
            "flag",
            warning_sheets,
            has_money=False,
        ),
        Report(
            "ranking",
            "单位排名",
            "责任单位按类别分组：各色项目数、完成与计划、按时报送、位次和比上月末的变化，附图",
            "list-numbers",
            ranking_sheets,
        ),
        Report(
            "targets",
            "年度目标",
            "每项目标采用的数字、措辞，截至所示日期的完成数（台账计算或登记）、与序时相比、状态，原文和出处，各文件不一致之处",
            "target",
            target_sheets,
            has_money=False,
            has_filters=False,
        ),
    )
}
