"""The permission matrix as data: for every address, who may open it. Whoever adds an address adds its line here.

    "app:url_name": Rule("ledger.edit", "milestone")

The first value is the permission (erqi.common.roles.PERMISSIONS), several when any of them will do, ANYBODY signed in, or
PUBLIC. The second names the sample (below) whose values fill the address; `post` is the permission of a POST where it is
another one, `query` what the address needs behind the question mark. Addresses without a name are written as they are routed.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from erqi.common.models import SavedView, User
from erqi.tests.permission_rules import ADMIN_SITE, ANYBODY, PUBLIC, VIEW, Rule, admin_rules
from erqi.tests.permissions_supervision import SUPERVISION, supervision_samples
from erqi.tests.uploads import make_attachment
from projects.choices import WarningLevel
from projects.models import Unit
from projects.services.schedule import start_pass
from projects.tests import builders, correction_case, warning_builders
from supervision.services.mechanism import add_mechanism, add_theme

TABLE: dict[str, Rule] = {
    # the frame
    "home": Rule(ANYBODY),
    "healthz": Rule(PUBLIC),
    "favicon": Rule(PUBLIC),
    "login": Rule(PUBLIC),
    "logout": Rule(ANYBODY),
    "password_change": Rule(ANYBODY),
    # the three administrators
    "account_list": Rule("account.manage"),
    "account_new": Rule("account.manage"),
    "account_detail": Rule("account.manage", "account"),
    "role_list": Rule("role.grant"),
    "audit": Rule("audit.view"),
    "history": VIEW,
    "attachment": Rule("business.view", "attachment"),
    # ledgers and saved views
    "projects:ledger_current": VIEW,
    "projects:ledger_detail": Rule("business.view", "ledger"),
    "projects:ledger_create": Rule("ledger.edit"),
    "projects:ledger_edit": Rule("ledger.edit", "ledger"),
    "projects:ledger_scale": Rule("ledger.edit", "ledger"),
    "projects:ledger_scale_withdraw": Rule("ledger.edit", "revision"),
    "projects:ledger_lock": Rule("ledger.lock", "ledger"),
    "projects:ledger_unlock": Rule("ledger.lock", "ledger"),
    "projects:view_save": VIEW,
    "projects:view_delete": Rule("business.view", "view"),
    "projects:view_withdraw": Rule("business.view", "view"),
    # projects
    "projects:project_detail": Rule("business.view", "project"),
    "projects:project_create": Rule("ledger.edit"),
    "projects:project_edit": Rule("ledger.edit", "project"),
    "projects:entry_create": Rule("ledger.edit", "project"),
    "projects:entry_edit": Rule("ledger.edit", "entry"),
    "projects:entry_delist": Rule("ledger.edit", "entry"),
    "projects:entry_relist": Rule("ledger.edit", "entry"),
    "projects:entry_close": Rule("ledger.edit", "entry"),
    "projects:entry_reopen": Rule("ledger.edit", "entry"),
    "projects:responsibility_create": Rule("ledger.edit", "project"),
    "projects:responsibility_edit": Rule("ledger.edit", "responsibility"),
    "projects:responsibility_end": Rule("ledger.edit", "responsibility"),
    "projects:milestone_create": Rule("ledger.edit", "project"),
    "projects:milestone_edit": Rule("ledger.edit", "milestone"),
    "projects:milestone_move": Rule("ledger.edit", "milestone"),
    "projects:milestone_complete": Rule(("report.write", "report.manage"), "milestone"),
    "projects:milestone_reopen": Rule("ledger.edit", "milestone"),
    "projects:milestone_update": Rule(("report.write", "report.manage", "lifting.verify"), "milestone"),
    # new dates, holds
    "projects:date_request_new": Rule(("report.write", "report.manage"), "milestone"),
    "projects:date_request": Rule("business.view", "date_request"),
    "projects:date_request_decide": Rule("request.decide", "date_request"),
    "projects:date_request_withdraw": Rule(("report.write", "report.manage"), "date_request"),
    "projects:hold_new": Rule(("report.write", "report.manage"), "project"),
    "projects:hold_detail": Rule("business.view", "hold"),
    "projects:hold_decide": Rule("request.decide", "hold"),
    "projects:hold_withdraw": Rule(("report.write", "report.manage"), "hold"),
    "projects:hold_resume": Rule(("report.write", "report.manage"), "hold"),
    "projects:request_list": VIEW,
    # to-do list and inbox
    "projects:todo": VIEW,
    "projects:inbox": VIEW,
    "projects:inbox_count": VIEW,
    "projects:inbox_read": VIEW,
    # colours
    "projects:project_colour": Rule("business.view", "project"),
    "projects:level_set": Rule("lifting.confirm", "project"),
    "projects:override_end": Rule("lifting.confirm", "override"),
    "projects:warning_board": VIEW,
    "projects:warning_upcoming": VIEW,
    "projects:warning_changes": VIEW,
    "projects:lifting_list": VIEW,
    "projects:lifting_detail": Rule("business.view", "lifting"),
    "projects:lifting_verify": Rule("lifting.verify", "lifting"),
    "projects:lifting_confirm": Rule("lifting.confirm", "lifting"),
    "projects:lifting_reject": Rule("lifting.verify", "lifting"),
    "projects:lifting_again": Rule("lifting.verify", "lifting"),
    # the warning rules
    "projects:policy_list": VIEW,
    "projects:policy_create": Rule("policy.edit"),
    "projects:policy_detail": Rule("business.view", "policy"),
    "projects:policy_edit": Rule("policy.edit", "policy"),
    "projects:policy_simulate": Rule(("policy.edit", "policy.approve"), "policy"),
    "projects:policy_submit": Rule("policy.edit", "policy"),
    "projects:policy_withdraw": Rule("policy.edit", "policy"),
    "projects:policy_discard": Rule("policy.edit", "policy"),
    "projects:policy_approve": Rule("policy.approve", "policy"),
    "projects:policy_return": Rule("policy.approve", "policy"),
    "projects:policy_pass": Rule("business.view", "pass", post="warning.start"),
    "projects:warning_start": Rule("warning.start", "ledger"),
    # the wall chart
    "projects:wall_current": VIEW,
    "projects:wall": Rule("business.view", "year"),
    "projects:wall_sheet": Rule("business.view", "plan"),
    # targets
    "projects:target_current": VIEW,
    "projects:target_list": Rule("business.view", "year"),
    "projects:target_create": Rule("target.edit", "year"),
    "projects:target_detail": Rule("business.view", "target"),
    "projects:target_edit": Rule("target.edit", "target"),
    "projects:claim_create": Rule("target.edit", "target"),
    "projects:claim_adopt": Rule("target.adopt", "claim"),
    "projects:claim_withdraw": Rule("target.edit", "claim"),
    "projects:target_adopt_by_rule": Rule("target.adopt", "target"),
    "projects:reading_create": Rule("target.edit", "target"),
    "projects:reading_withdraw": Rule("target.edit", "reading"),
    # the report centre
    "projects:export_centre": VIEW,
    "projects:export_report": Rule("business.view", "export"),
    # monthly reports
    "projects:report_grid": Rule(("report.write", "report.manage")),
    "projects:report_row": Rule(("report.write", "report.manage"), "month"),
    "projects:report_detail": Rule("business.view", "month", post=("report.write", "report.manage")),
    "projects:report_evidence": Rule(("report.write", "report.manage"), "month"),
    "projects:report_evidence_withdraw": Rule(("report.write", "report.manage"), "report_attachment"),
    # review, calendar, plans
    "projects:report_review": Rule(("report.review", "report.manage")),
    "projects:period_list": VIEW,
    "projects:period_edit": Rule("report.manage", "period"),
    "projects:period_lock": Rule("report.manage", "period"),
    "projects:period_unlock": Rule("report.manage", "period"),
    "projects:plan_current": VIEW,
    "projects:plan_grid": Rule("business.view", "year"),
    "projects:plan_edit": Rule("report.manage", "plan"),
    # corrections of monthly reports
    "projects:correction_new": Rule(("report.write", "report.manage"), "locked_month"),
    "projects:correction_detail": Rule("business.view", "correction"),
    "projects:correction_decide": Rule("report.manage", "correction"),
    "projects:correction_withdraw": Rule(("report.write", "report.manage"), "correction"),
    # documents, units, people
    "projects:document_list": VIEW,
    "projects:document_detail": Rule("business.view", "document"),
    "projects:document_upload": Rule("document.upload", "document"),
    "projects:unit_list": VIEW,
    "projects:unit_detail": Rule("business.view", "unit"),
    "projects:person_list": VIEW,
    "projects:person_detail": Rule("business.view", "person"),
    **SUPERVISION,
    # reference data
    "admin:index": Rule(ADMIN_SITE),
    "admin:login": Rule(PUBLIC),
    "admin:logout": Rule(ADMIN_SITE),
    "admin:password_change": Rule(ADMIN_SITE),
    "admin:password_change_done": Rule(ADMIN_SITE),
    "admin:autocomplete": Rule("reference.edit", post=ADMIN_SITE, query="?app_label=projects&model_name=unit&field_name=parent&term=x"),
    "admin:jsi18n": Rule(ADMIN_SITE),
    "admin:view_on_site": Rule(ADMIN_SITE, "shortcut"),
    "admin:app_list": Rule(ADMIN_SITE, path="/admin/projects/"),
    "admin:<path:object_id>/": Rule(ADMIN_SITE, path="/admin/projects/unit/1/"),
    "admin:(?P<url>.*)$": Rule(ADMIN_SITE, path="/admin/nothing/"),
    **admin_rules("projects_unit", "reference.edit", "admin_unit"),
    **admin_rules("projects_person", "reference.edit", "admin_person"),
    **admin_rules("projects_area", "reference.edit", "admin_area"),
    **admin_rules("projects_category", "reference.edit", "admin_category"),
    **admin_rules("projects_document", "reference.edit", "admin_document"),
    **admin_rules("supervision_theme", "mechanism.edit", "admin_theme"),
}


def addresses(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, bool]]:
    """Yield every pattern of the product: its key in the table, and whether it takes arguments."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name or str(pattern.pattern))), bool(pattern.pattern.converters)
        else:
            yield from addresses(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def samples(user: User) -> dict[str, dict[str, Any]]:
    """Build one of each record and return what fills the addresses; saved views belong to the account given."""
    ledger = builders.make_ledger(code="sample", year=2018)
    project = builders.make_project()
    unit, area, category = builders.make_unit(), builders.make_area(), builders.make_category()
    # The grid of responsibility lets the account write the project, as far as its roles do.
    person = builders.make_person(account=user, posts=[{"unit": unit, "title": "科员"}])
    document = builders.make_document()
    other = builders.make_milestone(project, name="封顶", due_on=date(2018, 6, 30))
    report = warning_builders.make_report(project, 6, 100, on=date(2018, 6, 22))
    target = builders.make_target(year=2018)
    claim = builders.make_claim(target, 480, document)
    theme = add_theme(code="sample", seq=1, name="主题", by=None)
    mechanism = add_mechanism(code="sample", name="机制", kind="method", by=None)
    of_target = {"year": 2018, "pk": target.pk}
    return {
        **supervision_samples(project, theme, unit),
        "": {},
        "account": {"pk": builders.make_user().pk},
        "ledger": {"code": ledger.code},
        "revision": {"code": ledger.code, "pk": builders.make_revision(ledger, project_count=165).pk},
        "view": {"pk": SavedView.objects.create(owner=user, page="ledger", name="视图").pk},
        "project": {"code": project.code},
        "entry": {"pk": builders.make_entry(ledger, project).pk},
        "responsibility": {"pk": builders.make_responsibility(project, unit).pk},
        "milestone": {"pk": builders.make_milestone(project, due_on=date(2018, 6, 30)).pk},
        "date_request": {"pk": warning_builders.make_date_request(other, date(2018, 9, 30), on=date(2018, 6, 1)).pk},
        "hold": {"pk": warning_builders.make_hold(project, date(2018, 9, 1), date(2018, 9, 30), state="pending").pk},
        "lifting": {"pk": warning_builders.make_lifting(project).pk},
        "policy": {"pk": warning_builders.make_policy(None, state="draft").pk},
        "pass": {"pk": start_pass(reason="重算", by=None).pk},
        "override": {"pk": warning_builders.set_level(project, WarningLevel.RED, date(2018, 6, 1), date(2018, 6, 20)).pk},
        "year": {"year": 2018},
        "export": {"report": "ledger"},
        "target": of_target,
        "claim": {**of_target, "claim": claim.pk},
        "reading": {**of_target, "reading": builders.make_reading(target, 30, date(2018, 6, 30)).pk},
        "document": {"code": document.code},
        "month": {"code": project.code, "year": 2018, "month": 9},
        "report_attachment": {"code": project.code, "year": 2018, "month": 6, "pk": make_attachment(report).pk},
        "period": {"year": 2018, "month": 7},
        "plan": {"code": project.code, "year": 2018},
        "locked_month": {"code": project.code, "year": 2018, "month": 7},
        "correction": {"pk": correction_case.ask_for_correction(project).pk},
        "unit": {"pk": unit.pk},
        "person": {"pk": person.pk},
        "attachment": {"pk": make_attachment(unit).pk},
        "theme": {"code": theme.code},
        "mechanism": {"code": mechanism.code},
        "shortcut": {"content_type_id": ContentType.objects.get_for_model(Unit).pk, "object_id": unit.pk},
        "admin_unit": {"object_id": unit.pk},
        "admin_person": {"object_id": person.pk},
        "admin_area": {"object_id": area.pk},
        "admin_category": {"object_id": category.pk},
        "admin_document": {"object_id": document.pk},
        "admin_theme": {"object_id": theme.pk},
    }


def address_of(name: str, rule: Rule, filled: dict[str, dict[str, Any]]) -> str:
    """Return the address of a line of the table."""
    return rule.path or reverse(name, kwargs=filled[rule.sample]) + rule.query
