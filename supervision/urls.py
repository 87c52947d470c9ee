"""Addresses of the supervision app."""

from django.urls import path

from supervision.views import mechanism, theme

app_name = "supervision"
urlpatterns = [
    path("themes/", theme.ThemeListView.as_view(), name="theme_list"),
    path("themes/<slug:code>/", theme.ThemeDetailView.as_view(), name="theme_detail"),
    path("mechanisms/", mechanism.MechanismListView.as_view(), name="mechanism_list"),
    path("mechanisms/<slug:code>/", mechanism.MechanismDetailView.as_view(), name="mechanism_detail"),
    path("mechanisms/<slug:code>/edit/", mechanism.MechanismEditView.as_view(), name="mechanism_edit"),
]
