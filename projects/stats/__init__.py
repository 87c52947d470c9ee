"""Figures over many records, from grouped queries, and what a screen shows of them: plain values out, one module per family."""

from projects.stats.ledger import Amount, LedgerTotals, Reported, ledger_totals

__all__ = ["Amount", "LedgerTotals", "Reported", "ledger_totals"]
