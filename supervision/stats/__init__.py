"""Figures and lists over many supervision records; one module per family."""
