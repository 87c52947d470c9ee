"""The days of the district that is built: the year of its ledger, and what happened when."""

from datetime import date

YEAR = 2018
# Projects, milestones and plans are entered; colours begin; what got better is confirmed; the business date.
PLANNED = date(2018, 2, 26)
WARNED = date(2018, 6, 1)
CONFIRMED = date(2018, 9, 26)
TODAY = date(2018, 9, 28)
# Since when there is supervision: some five years of it.
SUPERVISED = date(2014, 1, 2)
