"""manage.py bench: five years of supervision as the services would have left them; no time is asserted."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus

import pytest
from django.db.models import F, Max, Min

from erqi.bench import inquiries, inspections, issues, items, notices
from erqi.bench.acts import Made, nothing, play
from erqi.bench.build import build
from erqi.bench.days import SUPERVISED, TODAY
from erqi.bench.inside import Sessions, plain_settings
from erqi.bench.people import District
from erqi.bench.scratch import Scratch
from erqi.bench.supervision_pages import supervision_pages
from erqi.common import clock
from erqi.common.models import NumberSeries
from erqi.common.saving import next_number
from erqi.tests import databases
from projects.models import Project
from supervision.choices import NoticeState
from supervision.models import (
    Escalation,
    Finding,
    Inquiry,
    InspectedMilestone,
    Inspection,
    Issue,
    ItemSchedule,
    ItemStep,
    ItemText,
    Notice,
    NoticeText,
    StepDates,
    SupervisionItem,
)
from supervision.models.notice import ISSUER
from supervision.querysets.trace import families
from supervision.rules.machines import MACHINES
from supervision.services.inspection_frozen import freeze
from supervision.services.item import _searched
from supervision.services.item_schedule import refresh_item

# So that each course of every subject is there at least once.
SIZE = 40
MANY = 340


@pytest.fixture(scope="module")
def scratch(django_db_setup, django_db_blocker) -> Iterator[Scratch]:
    """A scratch database of some projects with the supervision of many, built once."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("erqi.bench.supervision._LEAST", MANY)
        made = Scratch(SIZE)
        made.create(template=databases.database_name(databases.ensure_migrated()))
        try:
            with made.in_use():
                build(SIZE, lambda doing: None)
            yield made
        finally:
            made.drop()


@pytest.fixture
def built(db, scratch) -> Iterator[None]:
    """The models read that database."""
    with scratch.in_use():
        yield


def records() -> list:
    return [acts._meta.get_field(acts.of).related_model for acts in families().values()]


def test_there_is_as_much_as_is_asked_for(built):
    assert {model: model.objects.count() for model in records()} == {
        **dict.fromkeys((Notice, SupervisionItem, Inspection, Inquiry, Issue, Escalation), MANY),
        Finding: MANY // 10,
    }


@pytest.mark.parametrize("machine", [machine.name for machine in MACHINES])
def test_acts_follow_the_machine_and_the_record_stands_as_the_last_says(built, machine):
    acts = families()[machine]
    model = acts._meta.get_field(acts.of).related_model
    for record in model.objects.prefetch_related("acts"):
        state, day, done = None, SUPERVISED, []
        for act in record.acts.all():
            step = acts.machine.step(act.action, state)
            assert step is not None, (record.pk, act.action, state)
            assert act.from_state == (state or "")
            state = step.target or state
            assert act.to_state == state
            assert act.by_id is None or not step.other_than & {one for one, who in acts.machine.this_round(done) if who == act.by_id}
            assert day <= act.on <= TODAY
            assert act.by_name
            day = act.on
            done.append((act.action, act.by_id))
        assert record.state == state
        assert act.due_on == getattr(record, "due_on", None)
        assert act.project_id == record.project_id
        assert act.unit_id == record.unit_id or record.unit_id is None
        for name in acts.copies:
            assert getattr(act, name) == getattr(record, name), name


def test_all_but_the_rarest_states_are_there(built):
    for model in records():
        assert len(set(model.objects.values_list("state", flat=True))) >= 4, model


def test_acts_were_written_as_time_went_by(built):
    for acts in families().values():
        days = list(acts.objects.order_by("pk").values_list("on", flat=True))
        assert days == sorted(days)


def test_records_are_spread_over_years_and_units(built):
    for model in (Notice, SupervisionItem, Issue):
        assert {on.year for (on,) in model.objects.annotate(begun=Min("acts__on")).values_list("begun")} == set(range(2014, 2019))
        assert model.objects.values("unit").distinct().count() > 5


def test_numbers_have_no_gaps_and_go_on(built):
    for year in range(2014, 2019):
        issued = Notice.objects.filter(year=year).order_by("issued_on", "number")
        assert sorted(issued.values_list("number", flat=True)) == list(range(1, issued.count() + 1))
        days = list(issued.order_by("number").values_list("issued_on", flat=True))
        assert days == sorted(days)
        assert NumberSeries.objects.get(key=f"notice/{ISSUER}/{year}").last == issued.count()
        assert NumberSeries.objects.get(key=f"issue/{year}").last == Issue.objects.filter(year=year).count()
        assert NumberSeries.objects.get(key=f"item/{year}").last == SupervisionItem.objects.filter(year=year).count()
    assert next_number("item/2018") == SupervisionItem.objects.filter(year=2018).count() + 1


def test_each_text_that_was_sent_is_kept(built):
    sent = {NoticeState.DRAFT, NoticeState.APPROVING, NoticeState.APPROVED, NoticeState.WITHDRAWN}
    for notice in Notice.objects.exclude(state__in=sent).annotate(last=Max("texts__version")):
        assert notice.last == notice.text_version >= 1
        text = notice.texts.get(version=notice.last)
        assert (text.title, text.text, text.unit_id) == (notice.title, notice.text, notice.unit_id)
    assert not NoticeText.objects.filter(notice__state__in=sent).exists()
    assert Notice.objects.filter(text_version__gt=1).exists()


def test_items_say_what_their_kept_parts_say(built):
    for item in SupervisionItem.objects.all():
        text = ItemText.objects.get(item=item, valid_until=None)
        assert (text.name, text.goal, text.theme_id, text.search_key) == (item.name, item.goal, item.theme_id, item.search_key)
        assert item.search_key == _searched(item)
    standing = StepDates.objects.filter(valid_until=None)
    assert standing.count() == ItemStep.objects.count()
    assert not standing.exclude(done_on=F("step__done_on")).exclude(done_on=None, step__done_on=None).exists()
    assert not standing.exclude(due_on=F("step__due_on")).exists()


def test_items_have_the_colours_that_the_service_computes(built):
    with clock.at(TODAY):
        before = ItemSchedule.objects.count()
        for item in SupervisionItem.objects.unfinished():
            refresh_item(item)
        assert ItemSchedule.objects.count() == before
    levels = Counter(SupervisionItem.objects.with_level(TODAY).values_list("level", flat=True))
    assert len(levels) >= 4


def test_an_inspection_froze_what_had_been_reported(built):
    looked = Inspection.objects.filter(inspected_on__gte=date(2018, 3, 1), project__isnull=False)
    assert looked.exclude(report_step=None).count() > MANY // 4
    for one in looked[:40]:
        reported = freeze(Project.objects.get(pk=one.project_id), one.inspected_on)
        assert {name: getattr(one, name) for name in reported.columns} == reported.columns
        kept = (
            InspectedMilestone.objects.filter(inspection=one).order_by("milestone").values_list("milestone", "due_on", "reported_done_on")
        )
        assert list(kept) == sorted((row.milestone.pk, row.due_on, row.done_on) for row in reported.milestones)


def test_a_notice_and_its_proposal_stand_together(built):
    confirmed = Escalation.objects.exclude(notice=None)
    assert confirmed.count() > MANY // 5
    for row in confirmed.select_related("notice"):
        assert row.notice.origin == row
        assert row.notice.project_id == row.project_id
        assert (row.state == "drafted") == row.notice.is_internal


def test_every_page_of_supervision_answers(built):
    with plain_settings():
        sessions = Sessions()
        for page in supervision_pages():
            for query in ("", "as_of=2016-06-30"):
                url = f"{page.url}{'&' if '?' in page.url else '?'}{query}" if query else page.url
                if query and ("as_of" in page.url or page.name.startswith(("panel", "record"))):
                    continue
                assert sessions.client(page.user).get(url).status_code == HTTPStatus.OK, url


def test_courses_that_the_machines_refuse_are_not_built():
    with pytest.raises(ValueError, match="notice: sign in None"):
        _play(notices.MACHINE, [notices._sign()])
    office = [notices.replace(move, party=notices.Party.SUPERVISION) for move in notices._drafted()[:3]]
    with pytest.raises(ValueError, match="by who did"):
        _play(notices.MACHINE, office)


def _play(machine, moves) -> None:
    district = District(accounts={"supervision": (1, "甲"), "inspector": (2, "乙"), "reporter": (3, "丙")}, answering={1: (3, "丙")})
    play(machine, district, Made(1, {"unit_id": 1}), moves, TODAY, nothing)


def test_each_subject_has_finished_and_unfinished_courses():
    for subject in (notices, issues, items, inquiries, inspections):
        standing = [subject.course_of(number)[1] for number in range(1, 400)]
        assert 0.05 < sum(one is not None for one in standing) / len(standing) < 0.25, subject
