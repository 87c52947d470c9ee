"""Addresses of units and people."""

from django.urls import path

from projects.views import person, unit

urlpatterns = [
    path("units/", unit.UnitListView.as_view(), name="unit_list"),
    path("units/<int:pk>/", unit.UnitDetailView.as_view(), name="unit_detail"),
    path("people/", person.PersonListView.as_view(), name="person_list"),
    path("people/<int:pk>/", person.PersonDetailView.as_view(), name="person_detail"),
]
