"""Addresses of milestones."""

from django.urls import path

from projects.views import date_request, milestone

urlpatterns = [
    path("projects/<str:code>/milestones/new/", milestone.MilestoneCreate.as_view(), name="milestone_create"),
    path("milestones/<int:pk>/edit/", milestone.MilestoneEdit.as_view(), name="milestone_edit"),
    path("milestones/<int:pk>/move/", milestone.MilestoneMove.as_view(), name="milestone_move"),
    path("milestones/<int:pk>/complete/", milestone.MilestoneComplete.as_view(), name="milestone_complete"),
    path("milestones/<int:pk>/reopen/", milestone.MilestoneReopen.as_view(), name="milestone_reopen"),
    path("milestones/<int:pk>/update/", milestone.MilestoneUpdatePage.as_view(), name="milestone_update"),
    path("milestones/<int:pk>/request/", date_request.DateRequestNew.as_view(), name="date_request_new"),
]
