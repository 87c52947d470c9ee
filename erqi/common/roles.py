"""Roles and what each may do. The matrix below is the only place where a permission is given (design.md §1, domain.md §4).

A permission is a code such as `ledger.edit`. Pages and services ask `user.can(code)`; nothing asks for a role by name.
The three administrators (三员) exclude each other and see no business data (domain.md §7.1).
"""

from django.db.models import TextChoices


class Role(TextChoices):
    VIEWER = "viewer", "查阅"
    REPORTER = "reporter", "填报员"
    REVIEWER = "reviewer", "牵头审核"
    INSPECTOR = "inspector", "督察员"
    OFFICE = "office", "重点项目办"
    SUPERVISION = "supervision", "督察办"
    LEADER = "leader", "区领导"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUSINESS_ROLES = frozenset(Role) - ADMIN_ROLES

PERMISSIONS = {
    "business.view": "查阅台账、项目、目标、文件和痕迹",
    "ledger.edit": "编辑项目、台账条目、责任和节点",
    "ledger.lock": "锁定和解锁台账",
    "target.edit": "编辑目标、登记来源数字和完成数字",
    "target.adopt": "采用某一来源的数字",
    "document.upload": "上传文件原文",
    "reference.edit": "维护单位、人员、片区、类别等基础数据",
    "view.share": "公布共享视图",
    "report.write": "填报本单位项目的月报、节点进展，申请变更时限和暂停；签收、办理督察事项，直报问题",
    "report.review": "审核本单位牵头项目的月报和督察事项的反馈",
    "report.manage": "代任何单位填报和审核，安排填报月、锁定、审批更正",
    "request.decide": "审批时限变更和暂停申请",
    "policy.edit": "拟定预警规则并测算",
    "policy.approve": "批准他人拟定的预警规则",
    "warning.start": "为台账启用预警、发起重算",
    "lifting.verify": "核验摘牌，登记督察情况",
    "lifting.confirm": "确认摘牌、人工定级",
    "inquiry.ask": "领导问查",
    "supervise": "督察立项、拟稿、下发、审定销号、处置升级",
    "supervise.approve": "审签督察通知单",
    "inspect": "督察、核验、拟稿",
    "issue.handle": "受理、定级、交办和销号直报的问题",
    "mechanism.edit": "编辑督察机制的文字",
    "account.manage": "建立、停用账号和重置密码",
    "role.grant": "授予和收回角色",
    "audit.view": "查看审计痕迹和登录记录",
}

_READ = frozenset({"business.view"})
_OFFICE = _READ | {
    "ledger.edit",
    "ledger.lock",
    "target.edit",
    "target.adopt",
    "document.upload",
    "reference.edit",
    "view.share",
    "report.manage",
    "request.decide",
    "policy.approve",
    "warning.start",
    "issue.handle",
}

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.VIEWER: _READ,
    Role.REPORTER: _READ | {"report.write"},
    Role.REVIEWER: _READ | {"report.review"},
    Role.INSPECTOR: _READ | {"lifting.verify", "inspect"},
    Role.LEADER: _READ | {"inquiry.ask", "supervise.approve"},
    Role.OFFICE: _OFFICE,
    Role.SUPERVISION: _READ
    | {"mechanism.edit", "view.share", "policy.edit", "policy.approve", "warning.start", "lifting.confirm"}
    | {"supervise", "supervise.approve", "inspect"},
    Role.SYSTEM_ADMIN: frozenset({"account.manage"}),
    Role.SECURITY_ADMIN: frozenset({"role.grant"}),
    Role.AUDIT_ADMIN: frozenset({"audit.view"}),
}


def permissions_of(roles: set[str]) -> frozenset[str]:
    """Return the permission codes that the roles give together."""
    return frozenset().union(*(ROLE_PERMISSIONS[Role(role)] for role in roles))
