"""Enumerations of the supervision app."""

from django.db.models import TextChoices

from projects.choices import WarningLevel as WarningLevel


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
    REVIEWER = "reviewer", "承办单位审核员"
    AUTHOR = "author", "提出人"
    # Whoever takes the step of somebody who has no account in use: the record waits for nobody.
    STAND_IN = "stand_in", "代办人"


class IssueGrade(TextChoices):
    """How hard a problem is, and with it how long it may take (domain.md §2, 问题直报)."""

    A = "A", "A类（复杂，限一个月集中攻坚）"
    B = "B", "B类（跨部门，限15个工作日）"
    C = "C", "C类（简单，限5个工作日）"


class IssueState(TextChoices):
    """Where a problem that was reported directly stands (domain.md §5.4)."""

    REPORTED = "reported", "待受理"
    RETURNED = "returned", "退回补充"
    ACCEPTED = "accepted", "待定级"
    GRADED = "graded", "待交办"
    ASSIGNED = "assigned", "待接办"
    HANDLING = "handling", "办理中"
    AT_OFFICE = "at_office", "提级重点办"
    AT_MEETING = "at_meeting", "待专题会"
    AT_LEADER = "at_leader", "报区主要领导"
    REPLIED = "replied", "待核验"
    VERIFIED = "verified", "待销号"
    CLOSED = "closed", "已销号"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


class IssueAction(TextChoices):
    """What is done to a problem."""

    REPORT = "report", "直报"
    WITHDRAW = "withdraw", "撤回"
    SEND_BACK = "send_back", "退回补充"
    RESUBMIT = "resubmit", "补充后再报"
    DECLINE = "decline", "不予受理"
    ACCEPT = "accept", "受理"
    GRADE = "grade", "定级"
    REGRADE = "regrade", "调整定级"
    ASSIGN = "assign", "交办"
    REASSIGN = "reassign", "改派"
    TAKE = "take", "接办"
    REFUSE = "refuse", "退回交办"
    PROGRESS = "progress", "登记进展"
    ESCALATE = "escalate", "提级"
    COORDINATE = "coordinate", "协调"
    TO_MEETING = "to_meeting", "提交专题会"
    MEET = "meet", "登记专题会决定"
    TO_LEADER = "to_leader", "报区主要领导"
    INSTRUCT = "instruct", "批示"
    TRANSCRIBE = "transcribe", "转录批示"
    URGE = "urge", "催办"
    REPLY = "reply", "反馈"
    RETURN_REPLY = "return_reply", "退回重办"
    VERIFY = "verify", "核验"
    REJECT_CLOSING = "reject_closing", "驳回销号"
    CLOSE = "close", "销号"


class IssueTrack(TextChoices):
    """How a problem stands against its time limit."""

    NONE = "none", "未定时限"
    RUNNING = "running", "在限内"
    SOON = "soon", "将到期"
    LATE = "late", "已逾期"
    WAITING = "waiting", "已反馈"
    IN_TIME = "in_time", "按时办结"
    OVER = "over", "超期办结"


class NoticeState(TextChoices):
    """A supervision notice (督察通知单, domain.md §5.3): the main line, then what branches off and leads back to it, then its ends."""

    DRAFT = "draft", "拟稿"
    APPROVING = "approving", "待审签"
    APPROVED = "approved", "待下发"
    ISSUED = "issued", "待签收"
    HANDLING = "handling", "办理中"
    REPLIED = "replied", "待审核"
    REVIEWED = "reviewed", "待办结"
    CLOSED = "closed", "办结"
    ARCHIVED = "archived", "归档"
    EXTENDING = "extending", "申请延期"
    TRANSFERRING = "transferring", "申请转办"
    REFUSED = "refused", "拒收待处理"
    WITHDRAWN = "withdrawn", "撤回拟稿"
    REVOKED = "revoked", "撤销"


class NoticeAction(TextChoices):
    """What people do to a notice."""

    DRAFT = "draft", "拟稿"
    EDIT = "edit", "修改拟稿"
    SUBMIT = "submit", "送审"
    RECALL = "recall", "收回送审"
    RETURN_DRAFT = "return_draft", "退回修改"
    APPROVE = "approve", "审签"
    WITHDRAW = "withdraw", "撤回拟稿"
    ISSUE = "issue", "下发"
    SIGN = "sign", "签收"
    REFUSE = "refuse", "拒收"
    UPHOLD = "uphold", "维持交办"
    ASK_EXTENSION = "ask_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "同意延期"
    DENY_EXTENSION = "deny_extension", "不同意延期"
    ASK_TRANSFER = "ask_transfer", "申请转办"
    TRANSFER = "transfer", "转办"
    DENY_TRANSFER = "deny_transfer", "不同意转办"
    TAKE_BACK = "take_back", "收回申请"
    REPLY = "reply", "反馈"
    RECALL_REPLY = "recall_reply", "收回反馈"
    PASS_REPLY = "pass_reply", "审核通过"
    RETURN_REPLY = "return_reply", "退回重办"
    CLOSE = "close", "办结"
    REOPEN = "reopen", "重新办理"
    ARCHIVE = "archive", "归档"
    URGE = "urge", "催办"
    PROPOSE_CHANGE = "propose_change", "拟变更"
    CHANGE = "change", "变更"
    DROP_CHANGE = "drop_change", "不同意变更"
    RECALL_CHANGE = "recall_change", "收回变更"
    INSTRUCT = "instruct", "批示"
    ANSWER = "answer", "落实批示"
    REVOKE = "revoke", "撤销"


class NoticeKind(TextChoices):
    """What a notice is for (domain.md §1.7 and §2, 督察通知单)."""

    REMIND = "remind", "提醒"
    SUPERVISE = "supervise", "督办"
    ASSIGN = "assign", "交办"
    URGE = "urge", "催办"
    LETTER = "letter", "督办函"
    CORRECT = "correct", "责令更正"


class NoticeSource(TextChoices):
    """What a notice follows from; it gives the usual time for the reply."""

    MEETING = "meeting", "会议"
    INSTRUCTION = "instruction", "批示"
    DOCUMENT = "document", "文件"
    PROJECT = "project", "项目"
    REPORT = "report", "直报"
    INSPECTION = "inspection", "督察"


class NoticeUrgency(TextChoices):
    """How pressing a notice is: what the time for a leader's instruction depends on (domain.md §5.3)."""

    URGENT = "urgent", "急件"
    NORMAL = "normal", "一般"
    HARD = "hard", "难度大"


class OrderAddressee(TextChoices):
    """Who carries out a leader's instruction on a notice (批示)."""

    HANDLER = "handler", "承办单位"
    SUPERVISION = "supervision", "督察办"


class EscalationTrigger(TextChoices):
    """What asks for a document (domain.md §1.7): a colour, how long it has lasted, or an untrue report."""

    YELLOW = "yellow", "转黄"
    YELLOW_AGAIN = "yellow_again", "连续两期黄"
    RED = "red", "转红"
    RED_LONG = "red_long", "连续三期红"
    UNTRUE = "untrue", "上报不实"


class EscalationState(TextChoices):
    """A proposal to escalate: a person of the supervision office decides it once."""

    PROPOSED = "proposed", "待处置"
    DRAFTED = "drafted", "拟稿中"
    CONFIRMED = "confirmed", "已采纳"
    DECLINED = "declined", "不采纳"
    LAPSED = "lapsed", "已失效"


class EscalationAction(TextChoices):
    PROPOSE = "propose", "提出"
    CONFIRM = "confirm", "采纳并拟稿"
    ISSUE = "issue", "通知单下发"
    DECLINE = "decline", "不采纳"
    LAPSE = "lapse", "失效"
    REOPEN = "reopen", "重新待处置"


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
    HAND_OVER = "hand_over", "责任交接"
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
    RETRACTED = "retracted", "已撤回"


class InspectionAction(TextChoices):
    PLAN = "plan", "安排督察"
    CONDUCT = "conduct", "登记督察结论"
    SELF_CHECK = "self_check", "登记自查"
    ACCEPT = "accept", "阅知无异议"
    OBJECT = "object", "提出异议"
    UPHOLD = "uphold", "维持结论"
    CHANGE = "change", "更正结论"
    CANCEL = "cancel", "取消督察"
    RETRACT = "retract", "撤回登记"


class FindingState(TextChoices):
    OPEN = "open", "待更正说明"
    PAUSED = "paused", "复议中"
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
    PAUSE = "pause", "因异议中止"
    RESUME = "resume", "复议后恢复"
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
