"""Addresses of the supervision app."""

from django.urls import path

from supervision.views import issue, issue_causes, mechanism, theme

app_name = "supervision"
urlpatterns = [
    path("issues/", issue.IssueList.as_view(), name="issue_list"),
    path("issues/new/", issue.IssueReport.as_view(), name="issue_report"),
    path("issues/causes/", issue_causes.IssueCauses.as_view(), name="issue_causes"),
    path("issues/<int:pk>/", issue.IssueDetail.as_view(), name="issue_detail"),
    *issue.step_paths(),
    path("themes/", theme.ThemeListView.as_view(), name="theme_list"),
    path("themes/<slug:code>/", theme.ThemeDetailView.as_view(), name="theme_detail"),
    path("mechanisms/", mechanism.MechanismListView.as_view(), name="mechanism_list"),
    path("mechanisms/<slug:code>/", mechanism.MechanismDetailView.as_view(), name="mechanism_detail"),
    path("mechanisms/<slug:code>/edit/", mechanism.MechanismEditView.as_view(), name="mechanism_edit"),
]
