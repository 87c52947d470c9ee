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
    REVIEWER = "reviewer", "牵头单位审核员"
    AUTHOR = "author", "提出人"


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
    CHANGE = "change", "变更"
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
