"""The browser of the tests complains about what a person's browser would complain about, and otherwise keeps quiet."""

import pytest
from django.conf import settings
from django.shortcuts import resolve_url

from erqi.common.models import User
from erqi.demo import DEMO_ACCOUNTS


@pytest.fixture
def login_page(page):
    page.goto(resolve_url(settings.LOGIN_URL))
    return page


def test_the_login_page_gives_no_cause_for_complaint(login_page, complaints):
    assert login_page.locator("h1").count() == 1
    assert complaints.remaining() == []


def test_it_has_an_officials_language_and_time_zone(login_page):
    assert login_page.evaluate("navigator.language") == "zh-CN"
    assert login_page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"


@pytest.mark.parametrize("role", [role.value for _, _, role in DEMO_ACCOUNTS])
def test_every_demonstration_account_can_sign_in(log_in, site, role):
    page = log_in(role)
    assert page.context.request.get("/", max_redirects=5).status == 200
    with site.data():
        assert User.objects.filter(is_demo=True, last_login__isnull=False).exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('broken')", "broken"),
        ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
        ("const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)", "Content Security Policy"),
        ("fetch('http://other.example.cn/').catch(() => 0)", "other.example.cn"),
        ("fetch('/static/no-such-file.js')", "404"),
    ],
    ids=["console", "exception", "policy", "other host", "missing file"],
)
def test_a_fault_of_a_page_is_noticed_and_can_be_expected(login_page, complaints, tolerate, script, words):
    login_page.evaluate(f"() => {{ {script} }}")
    login_page.wait_for_timeout(300)
    assert words in "\n".join(complaints.remaining())
    tolerate(".")
    assert complaints.remaining() == []


def test_a_site_is_not_the_database_of_the_tests(site, seeded_db):
    assert User.objects.count() == len(DEMO_ACCOUNTS)
    User.objects.filter(username="viewer").update(name="只在测试中")
    with site.data():
        assert not User.objects.filter(name="只在测试中").exists()
