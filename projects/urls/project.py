"""Addresses of projects, their entries and responsibilities."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
