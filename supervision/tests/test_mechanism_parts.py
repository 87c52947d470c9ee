"""Mechanisms lead to the parts that carry them out; the document about them names what there is."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_user
from supervision.models import Mechanism
from supervision.rules.machines import MACHINES
from supervision.services.mechanism import add_mechanism

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)


def test_the_office_says_which_parts_carry_a_mechanism_out():
    mechanism = add_mechanism(code="closing", name="台账销号管理", kind="working", by=None)
    client = sign_in(make_user("supervision"))
    address = f"/supervision/mechanisms/{mechanism.code}/parts/"
    client.post(address, fill(client, address, has_items="on", note_items="两次确认", has_issues="on"))
    shown = text(client.get(f"/supervision/mechanisms/{mechanism.code}/"))
    assert 'href="/supervision/items/">督察事项与销号</a> <span class="quiet">两次确认' in shown
    client.post(address, fill(client, address, has_issues=None))
    assert [row.part for row in mechanism.parts.all()] == ["items"]
    assert sign_in(make_user("viewer")).get(address).status_code == 403


def test_documented_mechanisms_have_proposed_parts(seeded_db):
    closing = Mechanism.objects.get(code="ledger-cancel")
    assert {row.part for row in closing.parts.all()} == {"items", "issues"}
    assert closing.version == 1, "the text is still as documented"
    working = Mechanism.objects.get(code="three-four-five")
    assert [row.part for row in working.parts.all()] == ["ledger", "wall", "warnings", "items", "notices"]
    assert not working.text, "no document expands it, and neither do we"
    assert not any(row.note for row in working.parts.all())


def test_the_document_names_tests_and_machines_that_there_are():
    said = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in said.splitlines() if line.startswith("| ") and "mechanism |" not in line]
    assert len(rows) >= 24
    machines = {machine.name for machine in MACHINES}
    for _, _, _, states, tests in rows:
        assert set(re.findall(r"`(\w+)`", states)) <= machines
        folder = ""
        for name in re.findall(r"`([\w/]+\.py)`", tests):
            folder = name.rpartition("/")[0] or folder
            assert (ROOT / folder / name.rpartition("/")[2]).exists(), name
