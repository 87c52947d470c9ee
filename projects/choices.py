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
