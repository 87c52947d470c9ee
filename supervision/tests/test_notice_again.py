"""Notices: the same twice is asked about, deadlines on days off and far ahead, who may be addressed, who signs for whom."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from projects.models import Reminder
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_project, make_responsibility, make_unit, make_user
from supervision.forms.notice import AddresseeLookup, AgainForm
from supervision.models import Notice
from supervision.services import notice as office
from supervision.services import notice_unit as units
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db

DUE, HOLIDAY, AFTER = date(2018, 6, 12), date(2018, 10, 3), date(2018, 10, 8)


@pytest.fixture
def cast() -> Cast:
    with clock.at(DAY):
        yield Cast()


def test_the_same_words_again_from_another_form_are_refused(cast):
    notice, known = cast.signed(), {"version": None, "by": cast.writer}
    office.urge_notice(notice=notice, text="请抓紧", request_key=uuid4(), **known)
    with pytest.raises(ServiceError, match="提交过同样的内容"):
        office.urge_notice(notice=notice, text="请抓紧", request_key=uuid4(), **known)
    office.urge_notice(notice=notice, text="请抓紧，再催一次", request_key=uuid4(), **known)
    said = {"notice": notice, "text": "请核实", "addressee": "handler", "due_on": DUE, "version": None, "by": cast.leader}
    units.instruct(request_key=uuid4(), **said)
    with pytest.raises(ServiceError, match="提交过同样的内容"):
        units.instruct(request_key=uuid4(), **said)
    assert notice.orders.count() == 1


def test_the_same_draft_again_is_refused_until_the_first_is_withdrawn(cast):
    notice = cast.draft(request_key=uuid4())
    with pytest.raises(ServiceError, match="拟稿《关于会议事项的交办》"):
        cast.draft(request_key=uuid4())
    office.withdraw_notice(notice=notice, reason="重拟", version=None, by=cast.writer)
    assert cast.draft(request_key=uuid4()) != notice
    assert Notice.objects.count() == 2


def test_a_deadline_on_a_day_off_is_asked_about_once():
    def form(day: date, **more: str) -> AgainForm:
        return AgainForm({"reason": "补充", "due_on": str(day), **more})

    with clock.at(DAY):
        asked = form(HOLIDAY)
        assert not asked.is_valid()
    assert "下一工作日为2018年10月8日" in asked.errors["due_on"][0]
    assert not asked["confirmed"].is_hidden
    said = form(HOLIDAY, confirmed="on")
    assert said.is_valid()
    assert said.values == {"reason": "补充", "due_on": HOLIDAY}
    assert form(AFTER).is_valid()
    assert form(AFTER)["confirmed"].is_hidden


def test_the_page_asks_about_a_day_off(cast):
    notice, client = cast.signed(), sign_in(cast.leader)
    address = reverse("supervision:notice_instruct", args=[notice.pk])
    values = {"text": "请核实", "addressee": "handler", "order_due_on": str(HOLIDAY)}
    answer = client.post(address, fill(client, address, **values))
    assert answer.status_code == 422
    assert "仍用这一天" in text(answer)
    assert client.post(address, fill(client, address, **values, confirmed="on")).status_code == 302
    assert notice.orders.get().due_on == HOLIDAY


def test_an_extension_has_its_bounds_and_the_day_asked_for_stays(cast):
    notice = cast.signed(due_on=DUE)
    known = {"reason": "待批复", "version": None, "by": cast.reporter}
    with pytest.raises(InvalidInput, match="最晚到2018年9月10日"):
        units.ask_extension(notice=notice, to=date(2030, 1, 1), **known)
    notice = units.ask_extension(notice=notice, to=date(2018, 9, 10), **known)
    with pytest.raises(InvalidInput, match="一次延期不超过 90 天"):
        units.grant_extension(notice=notice, due_on=date(2018, 9, 11), version=None, by=cast.writer)
    units.take_back(notice=notice, version=None, by=cast.reporter)
    assert "申请延至2018年9月10日" in text(sign_in(cast.reporter).get(notice.get_absolute_url()))


def test_addressees_are_units_of_the_district_those_with_a_part_first():
    make_unit("省委办公厅", kind="higher")
    make_unit("安办")
    busy = make_unit("资规局")
    make_responsibility(make_project("道路工程"), busy, "undertake")
    assert [name for name, _ in AddresseeLookup().suggestions()] == ["资规局", "安办"]
    with pytest.raises(Exception, match="上级单位"):
        AddresseeLookup().find("省委办公厅")


def test_who_signs_for_another_unit_says_so(cast):
    stand_in, lonely = make_user("office"), make_unit("没有账号的单位")
    notice = cast.issued(unit=lonely)
    page = text(sign_in(stand_in).get(reverse("supervision:notice_sign", args=[notice.pk])))
    assert "代签：没有账号的单位没有账号" in page
    notice = units.sign_notice(notice=notice, version=None, by=stand_in)
    assert notice.acts.last().text == "代办：没有账号的单位没有可用的账号"
    told = Reminder.objects.get(user=cast.writer, title__contains="已代签")
    assert told.text == f"代签：没有账号的单位没有账号，由{stand_in.name}代为签收。"
    assert cast.signed().acts.last().text == ""


def test_what_is_over_names_no_deadline(cast):
    office.revoke_notice(notice=cast.signed(due_on=DUE), reason="重复下发", version=None, by=cast.writer)
    line = Reminder.objects.get(user=cast.reporter, title__contains="撤销")
    assert line.text == "重复下发"
