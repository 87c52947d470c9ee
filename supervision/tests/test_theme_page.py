"""The supervision ledgers by theme: what is documented of them, and nothing that is not."""

import pytest
from django.urls import reverse

from projects.tests.builders import make_citation, make_document, make_user
from supervision.services.mechanism import add_theme

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
        with django_assert_num_queries(6):
            listed(viewer)
        make_citation(add_theme(code=f"a{seq}", seq=seq, name=f"甲{seq}", by=None), "name")
    with django_assert_num_queries(6):
        listed(viewer)
