from django.apps import AppConfig


class ErqiConfig(AppConfig):
    name = "erqi"
    verbose_name = "平台"
