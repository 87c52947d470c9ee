"""What is kept until the data change: true under concurrency, one computation per change."""

import threading
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from erqi.common import kept
from erqi.common.kept import Keeper, data_version
from projects.models import Area, Digest, Reminder
from projects.tests.builders import make_user

# Read by nobody who keeps what he computed from it.
UNWATCHED = {Reminder, Digest}


def business_models() -> list[type]:
    found = [model for app in ("projects", "supervision") for model in apps.get_app_config(app).get_models()]
    return [model for model in found if not hasattr(model, "pgh_obj") and not model.__name__.endswith("Event") and model not in UNWATCHED]


@pytest.fixture(autouse=True)
def _empty() -> None:
    kept._store = kept._Store()


def other_connection() -> Any:
    parameters = {name: value for name, value in connection.get_connection_params().items() if name not in ("cursor_factory",)}
    found = psycopg2.connect(**parameters)
    found.autocommit = False
    return found


def area(cursor: Any, code: str) -> None:
    cursor.execute(
        "INSERT INTO projects_area (version, request_key, created_at, code, name, seq) VALUES (1, gen_random_uuid(), now(), %s, %s, 1)",
        [code, code],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("model", business_models(), ids=lambda model: model.__name__)
def test_every_statement_on_a_business_table_steps_the_version(model: type) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        before = data_version()
        cursor.execute(f"DELETE FROM {table} WHERE false")
        assert data_version()[1] == before[1] + 1
        of_ours = "tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_data_version%%' AND tgtype = 60"
        cursor.execute(f"SELECT count(*) FROM pg_trigger WHERE {of_ours}", [table])
        # After, per statement, on insert, delete, update and truncate (pg_trigger.h: 4 + 8 + 16 + 32).
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_one_computation_per_change() -> None:
    computed = []

    def read() -> int:
        computed.append(Area.objects.count())
        return computed[-1]

    first = Keeper().get("areas", read)
    assert Keeper().get("areas", read) == first
    assert len(computed) == 1
    Area.objects.create(code="new", name="新片区")
    assert Keeper().get("areas", read) == first + 1
    Area.objects.filter(code="new").update(name="改名")
    Keeper().get("areas", read)
    assert len(computed) == 3


@pytest.mark.django_db(transaction=True)
def test_a_writer_under_way_keeps_others_from_keeping() -> None:
    def read() -> int:
        return Area.objects.count()

    before = read()
    with closing(other_connection()) as other:
        area(other.cursor(), "slow")
        # The sequence has stepped, the row is not seen: what is computed now must not outlive the other's commit.
        assert Keeper().get("areas", read) == before
        other.commit()
    assert Keeper().get("areas", read) == before + 1


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_before_a_writer_began_stays_true_while_he_writes_and_after_he_gives_up() -> None:
    computed = []

    def read() -> int:
        computed.append(1)
        return Area.objects.count()

    before = Keeper().get("areas", read)
    with closing(other_connection()) as other:
        area(other.cursor(), "slow")
        assert Keeper().get("areas", read) == before
        other.rollback()
    assert Keeper().get("areas", read) == before


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_sees_what_he_wrote_and_leaves_nothing_when_it_is_undone() -> None:
    def read() -> int:
        return Area.objects.count()

    before = Keeper().get("areas", read)
    with transaction.atomic():
        Area.objects.create(code="new", name="新片区")
        assert Keeper().get("areas", read) == before + 1
        transaction.set_rollback(True)
    assert Keeper().get("areas", read) == before


@pytest.mark.django_db(transaction=True)
def test_those_who_ask_at_once_wait_for_one_computation() -> None:
    computed, found = [], []
    ready, slow = threading.Barrier(5), threading.Event()

    def read() -> str:
        computed.append(1)
        slow.wait(10)
        return "once"

    def ask() -> None:
        ready.wait(10)
        try:
            found.append(Keeper().get("slow", read))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    ready.wait(10)
    threading.Timer(0.3, slow.set).start()
    for thread in threads:
        thread.join(20)
    assert found == ["once"] * 4
    assert len(computed) == 1


@pytest.mark.django_db(transaction=True)
def test_a_late_computation_does_not_replace_what_is_newer() -> None:
    slow = Keeper()

    def overtaken() -> str:
        Area.objects.create(code="new", name="新片区")
        assert Keeper().get("word", lambda: "newer") == "newer"
        return "older"

    assert slow.get("word", overtaken) == "older"
    assert Keeper().get("word", lambda: "none") == "newer"


@pytest.mark.django_db(transaction=True)
def test_the_store_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3 * kept._USUAL)
    keeper = Keeper()
    for number in range(10):
        keeper.get(number, lambda number=number: number)
    assert len(kept._store._values) == 3
    assert keeper.get(9, lambda: "anew") == 9
    assert keeper.get(0, lambda: "anew") == "anew"


@pytest.mark.django_db
def test_roles_given_and_accounts_stopped_step_the_version_and_log_ins_do_not() -> None:
    user = make_user("reporter")
    before = data_version()[1]
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert data_version()[1] == before
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert data_version()[1] == before + 1
    user.grants.all().delete()
    assert data_version()[1] > before + 1
