"""While a pass over the colours is unfinished, every page that shows colours says so in one line."""

from datetime import date

import pytest

from erqi.common import clock
from projects.services.schedule import finish_passes, start_pass
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import district_ledger, report_project
from projects.tests.warning_builders import warn_ledger

pytestmark = pytest.mark.django_db
PAGES = [
    "/warnings/",
    "/warnings/?view=table",
    "/warnings/upcoming/",
    "/warnings/changes/",
    "/ledgers/2018/",
    "{project}",
    "{project}colour/",
]
LINE = "正在重算预警颜色（批准规则，已完成 0／1）"


@pytest.mark.parametrize("address", PAGES)
def test_each_page_says_it_until_it_is_done(address: str) -> None:
    with clock.at(date(2018, 9, 28)):
        project = report_project(make_unit(), "安置房")
        warn_ledger(district_ledger())
        address = address.format(project=project.get_absolute_url())
        viewer, office = sign_in(make_user("viewer")), sign_in(make_user("office"))
        assert "正在重算" not in text(viewer.get(address))
        run = start_pass(reason="批准规则", by=None)
        assert text(viewer.get(address)).count(LINE) == 1
        # Who may carry it on is led there.
        leads = f"/warnings/policy/pass/{run.pk}/"
        assert leads not in text(viewer.get(address))
        assert leads in text(office.get(address))
        finish_passes()
        assert "正在重算" not in text(viewer.get(address))
