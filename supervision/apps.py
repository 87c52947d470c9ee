from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "大督察"

    def ready(self) -> None:
        # Models cannot be imported before all apps are there.
        from erqi.common import contributions  # noqa: PLC0415 as above
        from erqi.common.attachment_views import let_decide  # noqa: PLC0415 as above
        from supervision.services import notice_duty, notice_lines  # noqa: PLC0415 as above
        from supervision.stats import notice_todo  # noqa: PLC0415 as above
        from supervision.views import notice, notice_panels  # noqa: PLC0415 as above

        contributions.WORDS.todo_kinds[notice_todo.KIND] = "督察通知单"
        contributions.WORDS.acting |= {"supervise", "supervise.approve", "inspect"}
        contributions.TODO.add(notice_todo.items)
        contributions.WAITING.add(notice_todo.waiting)
        contributions.REMINDERS.add(notice_lines.notice_lines)
        contributions.DUTIES.add(notice_duty.duties)
        contributions.PLACES[notice_duty.SOURCE] = notice_duty.place
        contributions.PROJECT_ACTIONS.add(notice_panels.project_actions)
        panel = contributions.Panel("notices", "supervision/_project_notices.html", notice_panels.project_panel, order=40)
        contributions.PROJECT_PANELS.add(panel)
        contributions.UNIT_PANELS.add(
            contributions.Panel("notices", "supervision/_project_notices.html", notice_panels.unit_panel, order=40)
        )
        let_decide("supervision.notice", notice.decide_reading)
        let_decide("supervision.noticeact", notice.decide_reading)
