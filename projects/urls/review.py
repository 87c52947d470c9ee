"""The address of the reviewer's queue."""

from django.urls import path

from projects.views import review

urlpatterns = [
    path("reports/review/", review.ReviewQueue.as_view(), name="report_review"),
]
