"""The lines of the permission matrix for supervision (大督察)."""

from typing import Any

from erqi.tests.permission_rules import ANSWERING, LOOKS, VIEW, Rule
from erqi.tests.uploads import make_attachment
from projects.models import Project, Unit
from projects.tests.builders import make_unit
from supervision.models import Theme
from supervision.services.issue import accept_issue, report_issue
from supervision.services.issue_parties import REPORTING
from supervision.tests import item_case
from supervision.tests.escalation_case import make_escalation
from supervision.tests.notice_case import Cast, order_on

PROPOSALS = ("supervise", "supervise.approve", "inspect", "issue.handle")

SUPERVISION: dict[str, Rule] = {
    # supervision: problems reported directly
    "supervision:escalation_list": Rule(PROPOSALS),
    "supervision:escalation_refresh": Rule("supervise"),
    "supervision:escalation_detail": Rule(PROPOSALS, "escalation"),
    "supervision:escalation_confirm": Rule("supervise", "escalation"),
    "supervision:escalation_decline": Rule("supervise", "escalation"),
    "supervision:trace_list": VIEW,
    "supervision:issue_list": VIEW,
    "supervision:issue_causes": VIEW,
    "supervision:issue_report": Rule(REPORTING),
    "supervision:issue_detail": Rule("business.view", "issue"),
    **{
        f"supervision:issue_{action}": Rule("issue.handle", "issue")
        for action in ("accept", "send_back", "decline", "grade", "regrade", "assign", "reassign", "coordinate", "to_meeting", "meet")
    },
    **{
        f"supervision:issue_{action}": Rule(("report.write", "report.manage"), "issue")
        for action in ("take", "refuse", "progress", "reply", "escalate")
    },
    **{f"supervision:issue_{action}": Rule(REPORTING, "issue") for action in ("resubmit", "withdraw")},
    "supervision:issue_to_leader": Rule("issue.handle", "issue"),
    "supervision:issue_instruct": Rule("inquiry.ask", "issue"),
    "supervision:issue_transcribe": Rule("issue.handle", "issue"),
    "supervision:issue_urge": Rule(("issue.handle", "supervise"), "issue"),
    "supervision:issue_verify": Rule("inspect", "issue"),
    "supervision:issue_return_reply": Rule(("inspect", "issue.handle"), "issue"),
    "supervision:issue_close": Rule(("issue.handle", "inquiry.ask"), "issue"),
    "supervision:issue_reject_closing": Rule("issue.handle", "issue"),
    # supervision notices
    "supervision:notice_list": VIEW,
    "supervision:notice_new": Rule(("supervise", "inspect")),
    "supervision:notice_detail": Rule("business.view", "notice"),
    "supervision:notice_edit": Rule(("supervise", "inspect"), "notice"),
    "supervision:file_withdraw": Rule("business.view", "notice_file"),
    "supervision:notice_print": Rule("business.view", "notice"),
    "supervision:notice_word": Rule("business.view", "notice"),
    "supervision:notice_order": Rule(("supervise", *ANSWERING), "order"),
    **{f"supervision:notice_{action}": Rule(("supervise", "inspect"), "notice") for action in ("submit", "recall", "withdraw")},
    **{f"supervision:notice_{action}": Rule(("supervise", "inspect"), "notice") for action in ("pass_reply", "return_reply", "urge")},
    **{
        f"supervision:notice_{action}": Rule(("supervise", "inquiry.ask"), "notice")
        for action in ("approve", "return_draft", "uphold", "reopen", "revoke", "close", "change", "drop_change")
    },
    **{
        f"supervision:notice_{action}": Rule("supervise", "notice")
        for action in (
            *("issue", "transfer", "grant_extension", "deny_extension", "deny_transfer", "archive"),
            *("propose_change", "recall_change"),
        )
    },
    **{
        f"supervision:notice_{action}": Rule(ANSWERING, "notice")
        for action in ("sign", "refuse", "ask_extension", "ask_transfer", "take_back", "reply", "recall_reply")
    },
    "supervision:notice_instruct": Rule("inquiry.ask", "notice"),
    # supervision
    "supervision:theme_list": VIEW,
    "supervision:theme_detail": Rule("business.view", "theme"),
    "supervision:mechanism_list": VIEW,
    "supervision:mechanism_detail": Rule("business.view", "mechanism"),
    "supervision:mechanism_edit": Rule("mechanism.edit", "mechanism"),
    "supervision:mechanism_parts": Rule("mechanism.edit", "mechanism"),
    "supervision:theme_new": Rule("supervise"),
    "supervision:theme_ledger": Rule("business.view", "theme"),
    # items of the supervision ledgers
    "supervision:item_list": VIEW,
    "supervision:item_new": Rule("supervise"),
    "supervision:item_detail": Rule("business.view", "item"),
    **{f"supervision:{name}": Rule("supervise", "item") for name in ("item_edit", "item_move", "item_cancel", "item_reopen", "step_new")},
    **{f"supervision:{name}": Rule("supervise", "item_step") for name in ("step_edit", "step_drop", "step_undo")},
    "supervision:step_finish": Rule(("report.write", "report.manage", "supervise"), "item_step"),
    "supervision:item_duty_new": Rule("supervise", "item"),
    "supervision:item_duty_end": Rule("supervise", "item_duty"),
    "supervision:item_link_new": Rule("supervise", "item"),
    "supervision:item_link_end": Rule("supervise", "item_link"),
    **{f"supervision:{name}": Rule(("report.write", "report.manage"), "item") for name in ("item_progress", "item_apply", "item_withdraw")},
    "supervision:item_cause": Rule(("report.write", "report.manage", "inspect", "supervise"), "item"),
    **{f"supervision:{name}": Rule("inspect", "item") for name in ("item_verify", "item_send_back")},
    **{f"supervision:{name}": Rule(("supervise", "inquiry.ask"), "item") for name in ("item_confirm", "item_refuse")},
    # inspections, findings, leaders' questions
    "supervision:inspection_list": VIEW,
    "supervision:inspection_counts": VIEW,
    **{f"supervision:{name}": Rule(LOOKS) for name in ("inspection_plan", "inspection_new")},
    "supervision:inspection_self_check": Rule("report.write"),
    "supervision:inspection_detail": Rule("business.view", "inspection"),
    **{f"supervision:{name}": Rule(LOOKS, "inspection") for name in ("inspection_conduct", "inspection_cancel")},
    "supervision:inspection_retract": Rule((*LOOKS, "report.write"), "inspection"),
    **{f"supervision:{name}": Rule(("report.write", "report.manage"), "inspection") for name in ("inspection_accept", "inspection_object")},
    **{f"supervision:{name}": Rule(("supervise", "inquiry.ask"), "inspection") for name in ("inspection_uphold", "inspection_change")},
    "supervision:finding_list": VIEW,
    "supervision:finding_detail": Rule("business.view", "finding"),
    "supervision:finding_explain": Rule(("report.write", "report.manage"), "finding"),
    **{f"supervision:{name}": Rule("inspect", "finding") for name in ("finding_check", "finding_send_back")},
    **{f"supervision:{name}": Rule(("supervise", "inquiry.ask"), "finding") for name in ("finding_settle", "finding_refuse")},
    "supervision:inquiry_list": VIEW,
    "supervision:inquiry_new": Rule("inquiry.ask", "project"),
    "supervision:inquiry_detail": Rule("business.view", "inquiry"),
    "supervision:inquiry_answer": Rule(("report.write", "inspect", "supervise"), "inquiry"),
    **{f"supervision:{name}": Rule("inquiry.ask", "inquiry") for name in ("inquiry_further", "inquiry_withdraw")},
    "supervision:inquiry_close": Rule(("inquiry.ask", "supervise"), "inquiry"),
}


def supervision_samples(project: Project, theme: Theme, unit: Unit) -> dict[str, dict[str, Any]]:
    """Build one of each record of supervision and return what fills the addresses."""
    issue = report_issue(title="管线", description="燃气管线未迁改", project=project, by=None)
    # Before it is taken up only some may read it (supervision/tests/test_issue_pages.py).
    issue = accept_issue(issue=issue, version=None, by=None)
    notice = Cast(unit=make_unit(), other=make_unit()).signed()
    return {
        **item_case.samples(project, theme, unit),
        "escalation": {"pk": make_escalation(project).pk},
        "issue": {"pk": issue.pk},
        "notice": {"pk": notice.pk},
        "notice_file": {"pk": make_attachment(notice).pk},
        "order": {"pk": order_on(notice).pk},
    }
