"""Enumerations of the projects app. Codes in the database, Chinese words at the edge, groups beside the members."""

from django.db.models import IntegerChoices, TextChoices


class DocumentKind(TextChoices):
    NEWS = "news", "会议报道"
    INTERVIEWS = "interviews", "访谈"
    BRIEFS = "briefs", "简讯"
    OFFICIAL = "official", "公文"
    OTHER = "other", "其他"


class UnitKind(TextChoices):
    PARTY = "party", "区委机构"
    GOVERNMENT = "government", "区直部门"
    COMMITTEE = "committee", "管委会"
    TOWN = "town", "镇"
    STREET = "street", "街道"
    HEADQUARTERS = "headquarters", "指挥部"
    TASKFORCE = "taskforce", "专班、筹备组"
    COMPANY = "company", "企业"
    INSTITUTION = "institution", "事业单位"
    HIGHER = "higher", "上级单位"
    OTHER = "other", "其他"


class LedgerLevel(TextChoices):
    DISTRICT = "district", "区级"
    AREA = "area", "板块级"


class LedgerKind(TextChoices):
    PROJECTS = "projects", "重点项目台账"
    LEADERS = "leaders", "党政领导重点工作项目化台账"


class LedgerState(TextChoices):
    OPEN = "open", "编辑中"
    LOCKED = "locked", "已锁定"


class Grade(TextChoices):
    PROVINCE = "province", "省重点"
    CITY = "city", "市重点"
    BOTH = "both", "省市重点"
    DISTRICT = "district", "区重点"
    RESERVE = "reserve", "储备"


class Nature(TextChoices):
    NEW = "new", "新开工"
    CONTINUED = "continued", "续建"
    COMPLETION = "completion", "竣工"
    EARLY = "early", "前期"
    PLANNED = "planned", "谋划"


class Stage(IntegerChoices):
    """The project funnel (design.md §6); the number orders the stages."""

    PLANNED = 1, "谋划"
    CONTRACTED = 2, "签约"
    LAND = 3, "供地"
    STARTED = 4, "开工"
    COMPLETED = 5, "竣工"
    PRODUCTION = 6, "投产"


class MilestoneKind(TextChoices):
    PLANNING_IDEA = "planning_idea", "谋划"
    CONTRACT = "contract", "签约"
    PLANNING = "planning", "规划报批"
    LAND = "land", "供地"
    CLEARANCE = "clearance", "征迁"
    EARLY = "early", "完成前期"
    START = "start", "开工"
    TOPPING = "topping", "封顶"
    COMPLETION = "completion", "竣工"
    PRODUCTION = "production", "投产"
    SERVICE = "service", "投用"
    RESETTLEMENT = "resettlement", "回迁"
    OTHER = "other", "其他"


class Wording(TextChoices):
    """How firmly a document commits itself; decides later what counts as met."""

    STRIVE = "strive", "力争"
    ENSURE = "ensure", "确保"


class Bound(TextChoices):
    ABOVE = "above", "以上"
    ABOUT = "about", "左右"


class Measure(TextChoices):
    LEVEL = "level", "总量"
    GROWTH = "growth", "增速"
    SHARE = "share", "占比"


class Computed(TextChoices):
    """What the district's ledger of the year says of a target by itself, as of any day (rules.computed); else people register readings."""

    LISTED = "listed", "台账项目数"
    TOTAL = "total_investment", "台账项目总投资"
    STARTED = "started", "本年开工数"
    STARTED_INVESTMENT = "started_investment", "本年开工项目总投资"
    STARTED_QUANTITY = "started_quantity", "本年开工的数量（面积、里程等）"
    COMPLETED = "completed", "本年竣工投产数"
    COMPLETED_QUANTITY = "completed_quantity", "本年竣工投产的数量（套、座、面积等）"
    RESETTLED = "resettled", "本年回迁数"
    RESETTLED_QUANTITY = "resettled_quantity", "本年回迁的数量（面积、套等）"
    INVESTED = "invested", "本年完成投资"


class ResponsibilityKind(TextChoices):
    LEAD = "lead", "牵头单位"
    UNDERTAKE = "undertake", "承办单位"
    COOPERATE = "cooperate", "配合单位"
    STATED = "stated", "表态单位"
    OWNER = "owner", "业主单位"
    PATRON = "patron", "分包领导"
    INSPECTOR = "inspector", "督察员"


# A patron or an inspector is a person; all other kinds name a unit (and perhaps a person in it).
PERSON_KINDS = (ResponsibilityKind.PATRON, ResponsibilityKind.INSPECTOR)
# Who is shown as 责任单位 of a project, the first that exists: the later ones stand in where a document names no lead unit.
ANSWERING_KINDS = (ResponsibilityKind.LEAD, ResponsibilityKind.UNDERTAKE, ResponsibilityKind.STATED)


# Which unit reports a project each month, the first that exists; the lead unit may always do it too.
REPORTING_KINDS = (ResponsibilityKind.UNDERTAKE, ResponsibilityKind.LEAD, ResponsibilityKind.STATED, ResponsibilityKind.OWNER)
# Which unit reviews what was reported.
REVIEWING_KINDS = (ResponsibilityKind.LEAD, ResponsibilityKind.UNDERTAKE, ResponsibilityKind.STATED, ResponsibilityKind.OWNER)


class Duty(TextChoices):
    CHIEF = "chief", "主管领导"
    DEPUTY = "deputy", "分管副职"
    STAFF = "staff", "具体责任人"


class DelayCause(TextChoices):
    """Why a date was moved (病因). The list of domain.md §3.2 (问题类别) and §1.8."""

    CLEARANCE = "clearance", "征迁"
    LAND = "land", "土地"
    PLANNING = "planning", "规划或方案调整"
    PERMIT = "permit", "手续"
    FUNDS = "funds", "资金"
    PIPES = "pipes", "管线迁改"
    SITE = "site", "施工环境"
    AIR = "air", "大气管控停工"
    OWNER = "owner", "业主原因"
    FORCE = "force", "不可抗力"
    ENTRY = "entry", "登记更正"
    OTHER = "other", "其他"


class AdoptionRule(TextChoices):
    RANK = "rank", "会议层级高者优先，同级取时间较近者"
    PERSON = "person", "人工采用"


class WarningLevel(IntegerChoices):
    """What the four-colour warning shows. GREEN to RED are levels and order by gravity; the other three are no levels."""

    UNRATED = 0, "未评价"
    GREEN = 1, "正常"
    BLUE = 2, "提醒"
    YELLOW = 3, "预警"
    RED = 4, "告警"
    PAUSED = 5, "暂停"
    DONE = 6, "已销号"

    @property
    def code(self) -> str:
        """The name that templates, addresses and styles use."""
        return self.name.lower()


# The levels a rule can give, from best to worst.
LEVELS = (WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED)
# What has to be lifted by people before it is left (domain.md §1.8).
GRAVE_LEVELS = (WarningLevel.YELLOW, WarningLevel.RED)


class Dimension(TextChoices):
    """What is looked at (domain.md §1.6). A project's colour is the worst of those that count."""

    MILESTONE = "D1", "节点工期"
    INVESTMENT = "D2", "投资进度"
    START = "D3", "开工竣工投产"
    ISSUE = "D4", "问题办理"
    NOTICE = "D5", "督察单"
    REPORTING = "D6", "报送"


# Milestones that are planned by month and not by day: D3 looks at them, D1 at all others.
MONTH_KINDS = (MilestoneKind.START, MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE)


class Family(TextChoices):
    """The two meanings that districts give to the four colours (domain.md §1.3)."""

    STATUS = "A", "状态色（绿为完成）"
    WARNING = "B", "预警色（绿为正常）"


class Basis(TextChoices):
    RATIO = "ratio", "完成计划的百分比"
    GAP = "gap", "与计划相差的百分点"


class Curve(TextChoices):
    """The three computations of 序时进度 in use (domain.md §1.5)."""

    MONTHLY_PLAN = "monthly_plan", "分月计划"
    LINEAR_DAYS = "linear_days", "按天均摊"
    LINEAR_MONTHS = "linear_months", "按月均摊"


class AbsenceKind(TextChoices):
    """What kept a project out of what its ledger counts for a while."""

    LEFT = "left", "退出台账"
    CLOSED = "closed", "销号"


class PolicyState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审批"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "已批准"


class EscalationStep(TextChoices):
    """What follows a colour (domain.md §1.7); proposed, never done by itself."""

    REMIND = "remind", "提醒责任人更新进展"
    NOTICE = "notice", "督察通知单（提醒）"
    INTERVIEW = "interview", "督办函或约谈分管负责人"
    URGE = "urge", "督察通知单（督办）、警示通报、约谈主要负责人"
    INQUIRY = "inquiry", "书面专报、领导问查"


class ReportState(TextChoices):
    """A monthly report (domain.md §5.2). 未报 has no record; 锁定 follows from the month's calendar."""

    DRAFT = "draft", "草稿"
    FILED = "filed", "已报"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


class ReportAction(TextChoices):
    FILE = "file", "报送"
    WITHDRAW = "withdraw", "撤回"
    PASS = "pass", "审核通过"
    RETURN = "return", "退回"
    CORRECT = "correct", "更正"


class DecisionState(TextChoices):
    """A request that somebody else decides on (date change, hold, correction)."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已同意"
    REJECTED = "rejected", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class RequestKind(TextChoices):
    """What may be asked for; the list of requests tells them apart."""

    DATE = "date", "变更时限"
    HOLD = "hold", "暂停"
    CORRECTION = "correction", "月报更正"


class HoldReason(TextChoices):
    """Why a project is paused (domain.md §1.8)."""

    OWNER = "owner", "业主原因"
    PLANNING = "planning", "规划、方案调整"
    LAND = "land", "土地未供"
    FUNDS = "funds", "资金未到位"
    APPROVAL = "approval", "上级审批未批复"
    WINTER = "winter", "冬防期、重污染天气管控停工"
    FORCE = "force", "疫情、灾害等不可抗力"
    LAWSUIT = "lawsuit", "诉讼"


class UpdateLayer(TextChoices):
    """Who says how a milestone stands (domain.md §2: 责任人自查、督察员督察、领导问查)."""

    SELF = "self", "自查"
    INSPECTOR = "inspector", "督察"
    LEADER = "leader", "问查"
    OFFICE = "office", "重点项目办登记"


class LiftingState(TextChoices):
    """Leaving yellow or red (摘牌, domain.md §1.8): evidence, an inspector's check, the supervision office's confirmation."""

    PROPOSED = "proposed", "待核验"
    VERIFIED = "verified", "待确认"
    CONFIRMED = "confirmed", "已摘牌"
    REJECTED = "rejected", "未通过"
    LAPSED = "lapsed", "已失效"


class ReminderKind(TextChoices):
    DUE = "due", "即将到期"
    OVERDUE = "overdue", "已逾期"
    RETURNED = "returned", "被退回"
    DECIDED = "decided", "审批结果"
    TURNED = "turned", "转色"
    TASK = "task", "待办"
    # What somebody should know of and has nothing to do about.
    INFORM = "inform", "知悉"
