"""Addresses of documents."""

from django.urls import path

from projects.views import document

urlpatterns = [
    path("documents/", document.DocumentListView.as_view(), name="document_list"),
    path("documents/<slug:code>/", document.DocumentDetailView.as_view(), name="document_detail"),
    path("documents/<slug:code>/text/", document.DocumentUploadView.as_view(), name="document_upload"),
]
