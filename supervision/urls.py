"""Addresses of the supervision app."""

from django.urls import path

from supervision.views import escalation, issue, issue_causes, mechanism, notice, notice_act, notice_edit, notice_paper, theme, trace

app_name = "supervision"
urlpatterns = [
    path("issues/", issue.IssueList.as_view(), name="issue_list"),
    path("issues/new/", issue.IssueReport.as_view(), name="issue_report"),
    path("issues/causes/", issue_causes.IssueCauses.as_view(), name="issue_causes"),
    path("issues/<int:pk>/", issue.IssueDetail.as_view(), name="issue_detail"),
    *issue.step_paths(),
    path("escalations/", escalation.EscalationList.as_view(), name="escalation_list"),
    path("escalations/refresh/", escalation.EscalationRefresh.as_view(), name="escalation_refresh"),
    path("escalations/<int:pk>/", escalation.EscalationDetail.as_view(), name="escalation_detail"),
    path("escalations/<int:pk>/confirm/", escalation.EscalationStep.as_view(action="confirm"), name="escalation_confirm"),
    path("escalations/<int:pk>/decline/", escalation.EscalationStep.as_view(action="decline"), name="escalation_decline"),
    path("traces/", trace.TraceList.as_view(), name="trace_list"),
    path("themes/", theme.ThemeListView.as_view(), name="theme_list"),
    path("themes/<slug:code>/", theme.ThemeDetailView.as_view(), name="theme_detail"),
    path("mechanisms/", mechanism.MechanismListView.as_view(), name="mechanism_list"),
    path("mechanisms/<slug:code>/", mechanism.MechanismDetailView.as_view(), name="mechanism_detail"),
    path("mechanisms/<slug:code>/edit/", mechanism.MechanismEditView.as_view(), name="mechanism_edit"),
    path("notices/", notice.NoticeList.as_view(), name="notice_list"),
    path("notices/new/", notice_edit.NoticeNew.as_view(), name="notice_new"),
    path("notices/orders/<int:pk>/", notice_act.OrderAnswer.as_view(), name="notice_order"),
    path("notices/<int:pk>/", notice.NoticeDetail.as_view(), name="notice_detail"),
    path("notices/<int:pk>/edit/", notice_edit.NoticeEdit.as_view(), name="notice_edit"),
    path("notices/<int:pk>/print/", notice_paper.NoticePrint.as_view(), name="notice_print"),
    path("notices/<int:pk>/word/", notice_paper.NoticeWord.as_view(), name="notice_word"),
    *notice_act.paths(),
]
