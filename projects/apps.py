from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "重点项目"

    def ready(self) -> None:
        from erqi.common.attachment_views import let_decide  # noqa: PLC0415 models cannot be imported before all apps are there
        from projects.services.grid import may_read_evidence  # noqa: PLC0415 as above

        let_decide("projects.progressreport", may_read_evidence)
