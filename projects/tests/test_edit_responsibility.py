"""The grid of responsibility: who answers, from when, until when."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common.errors import NotAllowed, ServiceError, StaleRecord
from projects.models import Project, Responsibility
from projects.services import responsibility as service
from projects.tests.browsing import fill, office, said, text
from projects.tests.builders import make_person, make_project, make_responsibility, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


def new(project: Project) -> str:
    return reverse("projects:responsibility_create", args=[project.code])


def page(name: str, row: Responsibility) -> str:
    return reverse(f"projects:responsibility_{name}", args=[row.pk])


def test_a_unit_and_a_person_in_it_are_added(project: Project) -> None:
    unit, person = make_unit("区城乡建设局", short_name="区建设局"), make_person("王某")
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="lead", unit="区建设局", since="2018.1.1"))
    assert said(client, response) == "已登记牵头单位“区城乡建设局”。"
    client.post(new(project), fill(client, new(project), kind="lead", unit="区城乡建设局", duty="chief", person="王某"))
    rows = list(project.responsibilities.order_by("pk").values_list("kind", "unit", "duty", "person", "since"))
    assert rows == [("lead", unit.pk, "", None, date(2018, 1, 1)), ("lead", unit.pk, "chief", person.pk, None)]


def test_a_patron_is_a_person_without_a_unit(project: Project) -> None:
    person = make_person("李某", posts=[{"unit": None, "title": "区委副书记"}])
    client = office()
    assert "区委副书记</option>" in text(client.get(new(project)))
    client.post(new(project), fill(client, new(project), kind="patron", person="李某"))
    assert project.responsibilities.get().person == person


def test_people_of_one_name_are_told_apart(project: Project) -> None:
    one, two = make_person("张伟", note="建设局"), make_person("张伟")
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="patron", person="张伟"))
    sentence = response.context["form"].errors["person"][0]
    assert "对应 2 个人员" in sentence
    assert "张伟（建设局）" in sentence
    assert f"张伟（编号{two.pk}）" in sentence
    client.post(new(project), fill(client, new(project), kind="patron", person="张伟(建设局)"))
    client.post(new(project), fill(client, new(project), kind="inspector", person=f"张伟（编号{two.pk}）"))
    assert [row.person for row in project.responsibilities.order_by("pk")] == [one, two]
    shown = fill(client, page("edit", project.responsibilities.last()))
    assert shown["person"] == f"张伟（编号{two.pk}）"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"kind": ""}, "kind", "必填"),
        ({"kind": "lead"}, "unit", "请写明牵头单位是哪个单位。"),
        ({"kind": "lead", "unit": "区建设局", "duty": "chief"}, "person", "选了职责，请写明人员。"),
        ({"kind": "patron"}, "person", "请写明谁是分包领导。"),
        ({"kind": "patron", "person": "王某", "duty": "chief"}, "duty", "不分职责"),
        ({"kind": "lead", "unit": "没有的单位"}, "unit", "没有找到单位“没有的单位”"),
        ({"kind": "lead", "unit": "区建设局", "since": "2018-02-30"}, "since", "没有2018年2月30日这一天"),
    ],
)
def test_what_is_missing_is_said_at_its_field(project: Project, values: dict[str, str], field: str, sentence: str) -> None:
    make_unit("区建设局")
    make_person("王某")
    client = office()
    response = client.post(new(project), fill(client, new(project), **values))
    assert response.status_code == 422
    assert sentence in "".join(response.context["form"].errors[field])
    assert not project.responsibilities.exists()


def test_a_second_lead_unit_and_the_same_row_twice_are_refused(project: Project) -> None:
    lead = make_unit("区建设局")
    make_responsibility(project, lead)
    make_unit("区财政局")
    client = office()
    response = client.post(new(project), fill(client, new(project), kind="lead", unit="区财政局"))
    assert "该项目已有牵头单位“区建设局”（起日未填，止日未填），同一天只能有一个牵头单位；更换时请先填写原牵头单位的止日。" in text(
        response
    )
    make_responsibility(project, lead, kind="cooperate")
    response = client.post(new(project), fill(client, new(project), kind="cooperate", unit="区建设局"))
    assert "同样的责任已经登记。" in text(response)


def test_a_responsibility_ends_and_stays_and_another_takes_over(project: Project) -> None:
    row = make_responsibility(project, make_unit("区建设局"), since=date(2018, 1, 1))
    make_unit("区财政局")
    client = office()
    response = client.post(page("end", row), fill(client, page("end", row), until="2017-12-31"))
    assert "责任的止日不能早于起日。" in text(response)
    data = fill(client, page("end", row), until="2018-06-30")
    assert said(client, client.post(page("end", row), data)) == "牵头单位“区建设局”的责任已于2018年6月30日结束。"
    assert client.post(page("end", row), data).status_code == 302
    row.refresh_from_db()
    assert (row.until, row.version) == (date(2018, 6, 30), 2)
    assert "这项责任已于2018年6月30日结束" in text(client.get(page("end", row)))
    assert client.post(new(project), fill(client, new(project), kind="lead", unit="区财政局", since="2018-07-01")).status_code == 302


def test_a_wrong_row_is_corrected_also_its_end(project: Project) -> None:
    row = make_responsibility(project, make_unit("区建设局"))
    service.end_assignment(row=row, until=date(2018, 6, 30), version=None, by=None)
    client = office()
    assert client.post(page("edit", row), fill(client, page("edit", row), until="2018-07-31", kind="undertake")).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.until) == ("undertake", date(2018, 7, 31))


def test_services_ask_for_the_permission_the_version_and_the_state(project: Project) -> None:
    row, viewer = make_responsibility(project, make_unit()), make_user("viewer")
    for call in (
        lambda: service.assign(project=project, kind="lead", unit=make_unit(), by=viewer),
        lambda: service.change_assignment(row=row, version=1, by=viewer, kind="undertake"),
        lambda: service.end_assignment(row=row, until=None, version=1, by=viewer),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(StaleRecord):
        service.change_assignment(row=row, version=7, by=None, kind="undertake")
    service.end_assignment(row=row, until=date(2018, 6, 30), version=1, by=None)
    with pytest.raises(ServiceError, match="已于2018年6月30日结束"):
        service.end_assignment(row=row, until=None, version=2, by=None)
