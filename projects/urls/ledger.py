"""Addresses of ledgers and saved views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
