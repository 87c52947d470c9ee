"""Pages of accounts and roles. What they write goes through erqi.common.accounts."""
