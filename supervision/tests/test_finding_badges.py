"""上报不实 beside the colour wherever colours stand in lists: the ledger, the warnings board and its list, exports."""

from datetime import date

import pytest
from django.urls import reverse

from projects.models import Milestone
from projects.tests.warning_builders import recompute
from supervision.tests.item_case import DAY, Case, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def case() -> Case:
    found = make_case()
    Milestone.objects.filter(pk=found.milestone.pk).update(due_on=date(2018, 5, 20))
    recompute(DAY, found.project)
    return found


@pytest.mark.parametrize("address", ["/ledgers/2018/", "/warnings/", "/warnings/?view=table"])
def test_it_stands_until_it_is_settled(case, address):
    browser = case.browser("viewer")
    assert "上报不实</span>" not in browser.get(address).content.decode()
    finding = case.finding()
    title = "上报主体封顶，现场只到三层（待更正说明）"
    word = f'<a href="{finding.get_absolute_url()}"><span class="state-badge is-dark" title="{title}">上报不实'
    assert word in browser.get(address).content.decode()
    query = "&" if "?" in address else "?"
    assert "上报不实</span>" not in browser.get(f"{address}{query}as_of=2018-06-01").content.decode()


def test_the_file_says_it_too(case):
    case.finding()
    answer = case.browser("viewer").get(f"{reverse('projects:ledger_detail', args=['2018'])}?export=csv")
    assert "；上报不实" in b"".join(answer.streaming_content).decode("utf-8-sig")
