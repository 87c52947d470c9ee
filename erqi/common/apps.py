from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "erqi.common"
    label = "common"
    verbose_name = "账号与公共"
