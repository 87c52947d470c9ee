"""The menu as data, and the frame that every page shares. The only place, with home, urls and commands, that sees both apps."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from erqi.common import clock
from erqi.common.access import may


@dataclass(frozen=True)
class Entry:
    """A line of the menu: shown to those who have the permission, or one of several."""

    label: str
    url_name: str
    icon: str
    permission: str | tuple[str, ...]
    # Pages that belong to the entry without standing below its address.
    also: tuple[str, ...] = ()


MENU: list[tuple[str, list[Entry]]] = [
    ("概览", [Entry("态势", "home", "gauge", "business.view")]),
    (
        "填报",
        [
            Entry("我的待办", "projects:todo", "checklist", "business.view", also=("/inbox/",)),
            Entry("月报填报", "projects:report_grid", "report", ("report.write", "report.manage")),
            Entry("月报审核", "projects:report_review", "clipboard-check", ("report.review", "report.manage")),
            Entry("填报日历", "projects:period_list", "calendar", "business.view"),
            Entry("投资计划", "projects:plan_current", "currency-yuan", "business.view"),
            Entry("审批申请", "projects:request_list", "gavel", "business.view", also=("/holds/", "/reports/corrections/")),
        ],
    ),
    (
        "台账",
        [
            Entry("重点项目台账", "projects:ledger_current", "table", "business.view", also=("/projects/", "/entries/", "/milestones/")),
            Entry("挂图作战", "projects:wall_current", "timeline", "business.view"),
            Entry("年度目标", "projects:target_current", "target", "business.view"),
            Entry("报表中心", "projects:export_centre", "report-analytics", "business.view"),
            Entry("文件与出处", "projects:document_list", "file-text", "business.view"),
            Entry("单位", "projects:unit_list", "building", "business.view"),
            Entry("人员", "projects:person_list", "users", "business.view"),
        ],
    ),
    (
        "预警",
        [
            Entry("四色预警", "projects:warning_board", "layout-kanban", "business.view"),
            Entry("转色预告", "projects:warning_upcoming", "calendar-time", "business.view"),
            Entry("变化对比", "projects:warning_changes", "git-compare", "business.view"),
            Entry("摘牌", "projects:lifting_list", "flag-check", "business.view"),
            Entry("预警规则", "projects:policy_list", "adjustments", "business.view"),
        ],
    ),
    (
        "督察",
        [
            Entry("问题直报", "supervision:issue_list", "speakerphone", "business.view"),
            Entry("督察通知单", "supervision:notice_list", "mail", "business.view"),
            Entry("升级提议", "supervision:escalation_list", "trending-up", ("supervise", "supervise.approve", "inspect", "issue.handle")),
            Entry("督察痕迹", "supervision:trace_list", "timeline", "business.view"),
            Entry("督察台账", "supervision:theme_list", "list-check", "business.view", also=("/supervision/ledgers/",)),
            Entry("督察事项", "supervision:item_list", "list-details", "business.view"),
            Entry("督察", "supervision:inspection_list", "eye-check", "business.view"),
            Entry("不实认定", "supervision:finding_list", "alert-triangle", "business.view"),
            Entry("领导问查", "supervision:inquiry_list", "message", "business.view"),
            Entry("工作机制", "supervision:mechanism_list", "settings", "business.view"),
        ],
    ),
    (
        "管理",
        [
            Entry("痕迹", "history", "history", "business.view"),
            Entry("基础数据", "admin:index", "database", "reference.edit"),
            Entry("账号", "account_list", "user-cog", "account.manage"),
            Entry("角色", "role_list", "shield", "role.grant"),
            Entry("审计", "audit", "eye", "audit.view"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict]:
    """Return the menu's groups that the person may see, with the current page marked."""
    allowed = [(label, [entry for entry in entries if may(request.user, entry.permission)]) for label, entries in MENU]
    urls = {entry.url_name: reverse(entry.url_name) for _, entries in allowed for entry in entries}
    # Addresses stand below each other (/warnings/, /warnings/upcoming/): the page belongs to the entry that says most of it.
    said = {
        entry.url_name: max((len(start) for start in (urls[entry.url_name], *entry.also) if _below(request.path, start)), default=0)
        for _, entries in allowed
        for entry in entries
    }
    most = max(said.values(), default=0)
    groups = []
    for label, entries in allowed:
        items = [
            {"label": entry.label, "url": urls[entry.url_name], "icon": entry.icon, "active": 0 < said[entry.url_name] == most}
            for entry in entries
        ]
        if items:
            groups.append({"label": label, "items": items})
    return groups


def page_frame(request: HttpRequest) -> dict:
    """Context processor: the menu, the search address and the clock's state, for signed-in people."""
    # A request that was refused before the session was read has no account.
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"clock": {"fixed": None}}
    return {
        "navigation": navigation(request),
        "search_url": reverse("projects:ledger_current") if request.user.can("business.view") else "",
        "clock": {"fixed": clock.fixed_today(), "today": clock.today()},
    }


def _below(path: str, start: str) -> bool:
    """Say whether a page stands below an address; below the start page's stands every page, so that one has only itself."""
    return path == start if start == "/" else path.startswith(start)
