"""Enumerations of the supervision app."""

from django.db.models import TextChoices


class MechanismKind(TextChoices):
    METHOD = "method", "督察方式"
    SUBJECT = "subject", "督察内容"
    PRINCIPLE = "principle", "原则"
    WORKING = "working", "工作机制"
    CAMPAIGN = "campaign", "行动"
    FORM = "form", "文书"


class Party(TextChoices):
    """As what somebody acts on a supervision record; one account may be several at once (supervision.services.parties)."""

    SUPERVISION = "supervision", "督察办"
    INSPECTOR = "inspector", "督察员"
    LEADER = "leader", "区领导"
    OFFICE = "office", "重点项目办"
    HANDLER = "handler", "承办单位"
    REVIEWER = "reviewer", "牵头单位审核员"
    AUTHOR = "author", "提出人"


# 督察台账 and its items


class ItemSource(TextChoices):
    """Where an item comes from (D3: 会议、批示、文件; D1: 直报)."""

    MEETING = "meeting", "会议"
    INSTRUCTION = "instruction", "领导批示"
    DOCUMENT = "document", "文件"
    PROJECT = "project", "项目台账"
    ISSUE = "issue", "问题直报"


class ItemState(TextChoices):
    OPEN = "open", "推进中"
    APPLIED = "applied", "待核验"
    VERIFIED = "verified", "待确认"
    CLOSED = "closed", "已销号"
    CANCELLED = "cancelled", "已撤项"


class ItemAction(TextChoices):
    REGISTER = "register", "立项"
    AMEND = "amend", "修改内容"
    MOVE = "move", "调整时限"
    STEP = "step", "完成步骤"
    UNDO_STEP = "undo_step", "撤销步骤完成"
    PROGRESS = "progress", "报送进展"
    CAUSE = "cause", "认定病因"
    APPLY = "apply", "申请销号"
    WITHDRAW = "withdraw", "撤回申请"
    VERIFY = "verify", "核验通过"
    SEND_BACK = "send_back", "退回补充"
    CONFIRM = "confirm", "确认销号"
    REFUSE = "refuse", "不予销号"
    CANCEL = "cancel", "撤项"
    REOPEN = "reopen", "恢复办理"


class EvidenceSide(TextChoices):
    """The two pictures that a closing is judged by (domain.md §2: 整改前/后)."""

    BEFORE = "before", "办理前"
    AFTER = "after", "办理后"


# Inspections, what they find, leaders' questions


class InspectionLayer(TextChoices):
    """The three layers of D2."""

    SELF = "self", "责任人自查"
    INSPECTOR = "inspector", "督察员督察"
    LEADER = "leader", "领导问查"


class InspectionMethod(TextChoices):
    """How it is done: the methods of D3 that are a look at something, D1's, and a unit's own look."""

    FIELD = "field", "实地督导"
    COVERT = "covert", "暗访调查"
    ASSIGNED = "assigned", "专人盯办"
    TELEPHONE = "telephone", "电话督办"
    COVERT_VISIT = "covert_visit", "督察暗访"
    SELF_CHECK = "self_check", "对照自查"


class InspectionSubject(TextChoices):
    """What is looked at: the five contents of D3."""

    DEPLOYMENT = "deployment", "部署落实情况"
    PROGRESS = "progress", "项目推进情况"
    GOAL = "goal", "目标完成情况"
    PROBLEM = "problem", "问题处置情况"
    DUTY = "duty", "责任领导、责任人履职情况"


class Verdict(TextChoices):
    """Whether what was reported is true."""

    TRUE = "true", "属实"
    MOSTLY = "mostly", "基本属实"
    UNTRUE = "untrue", "不实"


class InspectionState(TextChoices):
    PLANNED = "planned", "待实施"
    CONCLUDED = "concluded", "待单位阅知"
    ANSWERED = "answered", "待复议"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"


class InspectionAction(TextChoices):
    PLAN = "plan", "安排督察"
    CONDUCT = "conduct", "登记督察结论"
    SELF_CHECK = "self_check", "登记自查"
    ACCEPT = "accept", "阅知无异议"
    OBJECT = "object", "提出异议"
    UPHOLD = "uphold", "维持结论"
    CHANGE = "change", "更正结论"
    CANCEL = "cancel", "取消督察"


class FindingState(TextChoices):
    OPEN = "open", "待更正说明"
    EXPLAINED = "explained", "待核查"
    CHECKED = "checked", "待办结"
    SETTLED = "settled", "已办结"
    REVOKED = "revoked", "已撤销认定"


class FindingAction(TextChoices):
    RAISE = "raise", "认定不实"
    EXPLAIN = "explain", "更正并说明"
    CHECK = "check", "核查属实"
    SEND_BACK = "send_back", "退回重新说明"
    SETTLE = "settle", "办结"
    REFUSE = "refuse", "不予办结"
    REVOKE = "revoke", "撤销认定"


class InquiryState(TextChoices):
    ASKED = "asked", "待答复"
    ANSWERED = "answered", "待领导审阅"
    CLOSED = "closed", "已了结"
    WITHDRAWN = "withdrawn", "已撤回"


class InquiryAction(TextChoices):
    ASK = "ask", "问查"
    ANSWER = "answer", "答复"
    FURTHER = "further", "追问"
    CLOSE = "close", "了结"
    WITHDRAW = "withdraw", "撤回"


class Addressee(TextChoices):
    """Whom a leader asks."""

    UNIT = "unit", "填报单位"
    INSPECTOR = "inspector", "督察员"


class SystemPart(TextChoices):
    """The parts of this system that may carry out a mechanism; which page each is: views.mechanism.PAGES."""

    LEDGER = "ledger", "重点项目台账"
    WALL = "wall", "挂图作战"
    WARNINGS = "warnings", "四色预警"
    LIFTINGS = "liftings", "摘牌"
    TARGETS = "targets", "年度目标"
    REPORTS = "reports", "月报填报"
    REVIEW = "review", "月报审核"
    PERIODS = "periods", "填报日历"
    PLANS = "plans", "投资计划"
    REQUESTS = "requests", "审批申请"
    EXPORTS = "exports", "报表中心"
    DOCUMENTS = "documents", "文件与出处"
    UNITS = "units", "单位与责任"
    HISTORY = "history", "痕迹"
    THEMES = "themes", "督察台账"
    ITEMS = "items", "督察事项与销号"
    INSPECTIONS = "inspections", "督察"
    FINDINGS = "findings", "不实认定"
    INQUIRIES = "inquiries", "领导问查"
    NOTICES = "notices", "督察通知单"
    ISSUES = "issues", "问题直报"
    ESCALATIONS = "escalations", "升级处置"
    TRACES = "traces", "督察经过"
