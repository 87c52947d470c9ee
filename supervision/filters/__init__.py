"""Filters of the supervision app, one module per family."""
