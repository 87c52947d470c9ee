"""The reports of the report centre (报表中心), one file per report: what each holds, as declared sheets (erqi.common.workbook).

A report takes a Scope (whose ledger, which entries, as of which day, in which unit of money) and gives its sheets. Which reports there
are, and what they are called: centre.py.
"""
