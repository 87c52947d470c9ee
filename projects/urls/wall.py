"""Addresses of the wall chart and of one project's sheet."""

from django.urls import path

from erqi.common.converters import register_converters
from projects.views.wall import Wall, WallCurrent
from projects.views.wall_sheet import WallSheet

register_converters()

urlpatterns = [
    path("wall/", WallCurrent.as_view(), name="wall_current"),
    path("wall/<year:year>/", Wall.as_view(), name="wall"),
    path("wall/<year:year>/<str:code>/", WallSheet.as_view(), name="wall_sheet"),
]
