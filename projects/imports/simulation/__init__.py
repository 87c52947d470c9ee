"""The simulation of the demonstration: March to September 2018 of the ledger of 2018, lived day by day through the services.

Nothing of it is a fact: every record is marked 模拟 (erqi.common.simulation), the people are called 演示·…, and what the documents
say stays as they say it. The parameters lie in fixtures/demo (fixtures/README.md); `run.simulate` lives them.
"""
