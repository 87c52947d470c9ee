"""Addresses of milestones."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
