from django.apps import AppConfig

from erqi.common import contributions
from erqi.common.contributions import Panel


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "大督察"

    def ready(self) -> None:
        from erqi.common.attachment_views import let_decide  # noqa: PLC0415 models cannot be imported before all apps are there
        from supervision.services import issue_lines, issue_parties  # noqa: PLC0415 as above
        from supervision.stats import escalation, issue, trace  # noqa: PLC0415 as above

        contributions.WORDS.todo_kinds["issue"] = "直报问题"
        for label in ("supervision.issue", "supervision.issueact"):
            let_decide(label, issue_parties.decide_reading)
        contributions.WORDS.todo_kinds["escalation"] = "升级提议"
        contributions.WORDS.acting |= {"issue.handle", "inspect", "supervise", "supervise.approve"}
        contributions.TODO.add(escalation.todo_items)
        contributions.TODO.add(issue.todo_items)
        contributions.WAITING.add(issue.waiting)
        contributions.HEADLINES.add(issue.headlines)
        contributions.REMINDERS.add(escalation.reminders)
        contributions.REMINDERS.add(issue_lines.reminders)
        contributions.DUTIES.add(issue_lines.duties)
        contributions.PLACES[issue_lines.SOURCE] = issue_lines.place
        contributions.PROJECT_PANELS.add(Panel("issues", "supervision/_issues_panel.html", issue.project_panel, order=40))
        contributions.UNIT_PANELS.add(Panel("issues", "supervision/_issues_panel.html", issue.unit_panel, order=40))
        contributions.PROJECT_PANELS.add(Panel("traces", "supervision/_traces_panel.html", trace.project_panel, order=90))
        contributions.UNIT_PANELS.add(Panel("traces", "supervision/_traces_panel.html", trace.unit_panel, order=90))
        from supervision.views import item_contributed, notice_contributed  # noqa: PLC0415 as above

        notice_contributed.contribute()
        item_contributed.contribute()
