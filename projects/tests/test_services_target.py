"""Decisions about targets: withdrawn figures, readings sent twice, aliases with sources."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.services import project as project_service
from projects.services import target as service
from projects.services import unit as unit_service
from projects.tests.builders import make_citation, make_document, make_project, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def target():
    return service.set_target(year=2018, indicator="新开工项目", unit="个", by=None)


def claim(target, value, rank):
    return service.register_claim(target=target, document=make_document(rank=rank), value=Decimal(value), by=None)


def test_a_withdrawn_figure_gives_way_to_the_next_and_can_be_registered_anew(target):
    office = make_user("office")
    sixty, wrong = claim(target, 60, rank=1), claim(target, 56, rank=3)
    withdrawn = service.withdraw_claim(claim=wrong, reason="数字抄错", version=wrong.version, by=office)
    assert (withdrawn.adopted, withdrawn.withdraw_reason) == (False, "数字抄错")
    assert service.standing_claim(target) == sixty
    right = service.register_claim(target=target, document=wrong.document, value=Decimal(65), by=office)
    assert service.standing_claim(target) == right
    with pytest.raises(ServiceError, match="已经撤回"):
        service.withdraw_claim(claim=withdrawn, reason="再来", version=withdrawn.version, by=office)
    with pytest.raises(ServiceError, match="不能采用"):
        service.adopt_claim(claim=withdrawn, reason="x", known=service.seen(right), by=office)


def test_withdrawing_needs_a_reason_a_permission_and_the_version_seen(target):
    made = claim(target, 60, rank=1)
    with pytest.raises(InvalidInput, match="原因"):
        service.withdraw_claim(claim=made, reason=" ", version=made.version, by=make_user("office"))
    with pytest.raises(NotAllowed):
        service.withdraw_claim(claim=made, reason="错", version=made.version, by=make_user("leader"))
    with pytest.raises(StaleRecord):
        service.withdraw_claim(claim=made, reason="错", version=made.version - 1, by=make_user("office"))


def test_a_decision_is_made_against_the_one_that_was_seen(target):
    office = make_user("office")
    first, second, third = claim(target, 60, rank=3), claim(target, 65, rank=2), claim(target, 70, rank=1)
    known = service.seen(service.standing_claim(target))
    service.adopt_claim(claim=second, reason="核定", known=known, by=office)
    with pytest.raises(StaleRecord) as error:
        service.adopt_claim(claim=third, reason="另一位的决定", known=known, by=make_user("office"))
    assert error.value.current == second
    with pytest.raises(StaleRecord):
        service.adopt_by_rule(target=target, known=known, by=office)
    service.adopt_by_rule(target=target, known=service.seen(service.standing_claim(target)), by=office)
    assert service.standing_claim(target) == first


def test_a_reading_sent_twice_counts_once(target):
    key, office = uuid4(), make_user("office")
    for _ in range(2):
        service.record_reading(target=target, on=date(2018, 6, 30), value=Decimal(30), by=office, request_key=key)
    assert target.readings.count() == 1


def test_an_alias_that_a_document_prints_cannot_be_dropped():
    office = make_user("office")
    project = make_project(name="保利·豫见里", aliases=["保利豫见里", "豫见里"])
    make_citation(project.aliases.get(name="保利豫见里"), "name")
    with pytest.raises(InvalidInput, match="保利豫见里"):
        project_service.change_project(project=project, version=project.version, by=office, aliases=["豫见里"])
    project_service.change_project(project=project, version=project.version, by=office, aliases=["保利豫见里"])
    assert [alias.name for alias in project.aliases.all()] == ["保利豫见里"]

    unit = make_unit("区新型城镇化建设办公室", aliases=["新城办"])
    make_citation(unit.aliases.get(), "name")
    with pytest.raises(InvalidInput, match="新城办"):
        unit_service.save_unit(unit=unit, by=office, aliases=[])
