"""Addresses of the supervision app."""

from django.urls import URLPattern

app_name = "supervision"
urlpatterns: list[URLPattern] = []
