"""What leaders said of milestones before becomes questions, by the migration that takes it over."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from projects.models import MilestoneUpdate
from projects.tests.request_case import make_case
from supervision.models import Inquiry

pytestmark = pytest.mark.django_db


def test_unanswered_words_await_an_answer_and_the_others_are_closed():
    case = make_case()
    said = {"milestone": case.milestone, "by_name": "区领导丁", "layer": "leader"}
    MilestoneUpdate.objects.create(recorded_on=date(2018, 5, 2), text="为何停工？", **said)
    MilestoneUpdate.objects.create(
        milestone=case.milestone, layer="self", recorded_on=date(2018, 5, 4), text="已复工", by=case.reporter, by_name="填报甲"
    )
    MilestoneUpdate.objects.create(recorded_on=date(2018, 6, 1), text="何时完工？", **said)
    import_module("supervision.migrations.0008_leaders_words").take_over(apps, None)
    first, second = Inquiry.objects.order_by("pk")
    assert (first.state, first.answer, first.unit) == ("closed", "已复工", case.unit)
    assert list(first.acts.order_by("pk").values_list("to_state", flat=True)) == ["asked", "answered", "closed"]
    assert (second.state, second.text, second.due_on) == ("asked", "何时完工？", date(2018, 6, 8))
    assert second.milestone == case.milestone
