"""History and audit pages: what was changed by whom, read from the event tables that the database's triggers write.

registry   which records have a history, and how each leads to its project
query      one union of newest-first slices for a page of any mix of records
diff       what an event changed, in Chinese words
entries    the page's rows, put together with a constant number of queries per kind
audit      log-ins, accounts and roles beside them, without the values of business records
"""
