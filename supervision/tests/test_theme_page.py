"""The supervision ledgers by theme: what is documented of them, and nothing that is not."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from erqi.common import clock
from projects.tests.builders import make_citation, make_document, make_user
from supervision.services.mechanism import add_theme, open_theme
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(client) -> str:
    response = client.get(reverse("supervision:theme_list"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_misprint_is_shown_beside_the_name_with_both_sources(viewer):
    theme = add_theme(code="villages", seq=5, name="村庄动迁", printed_name="村庄动除", note="应为动迁", by=None)
    document = make_document("D3")
    make_citation(theme, "name", document, 18, "动迁清障")
    make_citation(theme, "printed_name", document, 5, "村庄动除")
    for html in (listed(viewer), viewer.get(theme.get_absolute_url()).content.decode()):
        for shown in ("村庄动迁", "“村庄动除”", "应为动迁", "#p-18", "#p-5"):
            assert shown in html


def test_themes_stand_in_their_order(viewer):
    add_theme(code="b", seq=2, name="文明城市创建", by=None)
    add_theme(code="a", seq=1, name="安置房建设", by=None)
    html = listed(viewer)
    assert html.index("安置房建设") < html.index("文明城市创建")
    assert "2 本" in html
    assert "印作" not in html


def test_a_theme_of_our_own_says_that_no_document_names_it(viewer):
    theme = add_theme(code="own", seq=14, name="本区自定", by=None)
    assert "没有文件出处" in viewer.get(theme.get_absolute_url()).content.decode()


def test_nothing_there(viewer):
    assert "还没有督察台账主题" in listed(viewer)
    assert viewer.get(reverse("supervision:theme_detail", args=["x"])).status_code == 404


def test_the_documented_thirteen(seeded_db, viewer):
    assert listed(viewer).count("data-href") == 13


def test_queries_do_not_grow_with_rows(viewer, django_assert_num_queries):
    make_citation(add_theme(code="a", seq=1, name="甲", by=None), "name")
    listed(viewer)
    for seq in (2, 3):
        with django_assert_num_queries(7):
            listed(viewer)
        make_citation(add_theme(code=f"a{seq}", seq=seq, name=f"甲{seq}", by=None), "name")
    with django_assert_num_queries(7):
        listed(viewer)


def test_a_ledger_that_was_opened_later_is_not_known_before(viewer):
    add_theme(code="a", seq=1, name="安置房建设", by=None)
    with clock.at(date(2018, 9, 28)):
        open_theme(name="道路养护", by=make_user("supervision"))
        assert "道路养护" in listed(viewer)
        earlier = viewer.get(f"{reverse('supervision:theme_list')}?as_of=2018-09-27").content.decode()
        assert "道路养护" not in earlier
        assert "1 本" in earlier


@pytest.mark.parametrize("page", ["theme_list", "inspection_counts"])
def test_the_page_leaves_as_a_workbook(page):
    case = make_case()
    with clock.at(DAY):
        case.inspect(verdict="true", untrue="")
        case.item()
        answer = case.browser("viewer").get(f"{reverse(f'supervision:{page}')}?export=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)).worksheets[-1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    wanted = {"theme_list": [case.theme.name, 1, 0], "inspection_counts": [case.unit.name, 0, 0, 0, 0, 0, 1, 1]}[page]
    assert any(row[index : index + len(wanted)] == wanted for row in rows for index in range(len(row)))
