"""Environment variables: a malformed or unknown value is refused, never guessed."""

from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured

from erqi import environment as env


@pytest.fixture
def variable(monkeypatch):
    return lambda value: monkeypatch.setenv("ERQI_SAMPLE", value)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("YES", True), ("on", True), ("0", False), ("false", False), ("", False)])
def test_switches(variable, text, value):
    variable(text)
    assert env.env_bool("ERQI_SAMPLE", not value) is value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env.env_bool("ERQI_SAMPLE", True), "maybe"),
        (lambda: env.env_int("ERQI_SAMPLE", 5, 1, 9), "ten"),
        (lambda: env.env_int("ERQI_SAMPLE", 5, 1, 9), "10"),
        (lambda: env.env_date("ERQI_SAMPLE"), "28.9.2018"),
        (lambda: env.env_list("ERQI_SAMPLE", [], r"\w+", "a"), "a,https://b"),
        (lambda: env.env_database("ERQI_SAMPLE"), "mysql://u:p@h/db"),
        (lambda: env.env_database("ERQI_SAMPLE"), "postgres://u:p@h:port/db"),
        (lambda: env.env_database("ERQI_SAMPLE"), "postgres://u:p@h"),
    ],
)
def test_malformed_values_are_refused_with_the_name(variable, read, text):
    variable(text)
    with pytest.raises(ImproperlyConfigured, match="ERQI_SAMPLE"):
        read()


def test_defaults_count_when_nothing_is_set(monkeypatch):
    monkeypatch.delenv("ERQI_SAMPLE", raising=False)
    assert env.env_int("ERQI_SAMPLE", 5, 1, 9) == 5
    assert env.env_date("ERQI_SAMPLE") is None
    assert env.env_list("ERQI_SAMPLE", ["x"]) == ["x"]
    assert env.env_database("ERQI_SAMPLE") is None


def test_lists_and_dates(variable):
    variable(" a.gov.cn , ,b.gov.cn ")
    assert env.env_list("ERQI_SAMPLE", []) == ["a.gov.cn", "b.gov.cn"]
    variable("2018-09-28")
    assert env.env_date("ERQI_SAMPLE") == date(2018, 9, 28)


def test_a_database_address_with_escapes_socket_and_options(variable):
    variable("postgresql://user%40x:p%3Aw@%2Frun%2Fpg/erqi?sslmode=require&connect_timeout=3")
    assert env.env_database("ERQI_SAMPLE") == {
        "NAME": "erqi",
        "USER": "user@x",
        "PASSWORD": "p:w",
        "HOST": "/run/pg",
        "PORT": "",
        "OPTIONS": {"sslmode": "require", "connect_timeout": "3"},
    }


def test_a_misspelt_variable_is_reported(monkeypatch):
    monkeypatch.setenv("ERQI_ALOWED_HOSTS", "x")
    with pytest.raises(ImproperlyConfigured, match="ERQI_ALOWED_HOSTS.*是否想写 ERQI_ALLOWED_HOSTS"):
        env.refuse_unknown()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", None),
        ("smtp://relay.example.gov.cn", env.MailServer("relay.example.gov.cn", 25, "", "", False, False, 20)),
        ("smtp://u:p%40ss@mail.example.gov.cn:587?tls=1", env.MailServer("mail.example.gov.cn", 587, "u", "p@ss", True, False, 20)),
        ("smtp://u:p@mail.example.gov.cn?tls=1&timeout=60", env.MailServer("mail.example.gov.cn", 587, "u", "p", True, False, 60)),
        ("smtps://u%40x.cn:p@mail.example.gov.cn", env.MailServer("mail.example.gov.cn", 465, "u@x.cn", "p", False, True, 20)),
    ],
)
def test_mail_servers(variable, url, server):
    variable(url)
    assert env.env_mail("ERQI_SAMPLE") == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.gov.cn",
        "http://mail.example.gov.cn",
        "smtp://",
        "smtp://mail:port",
        "smtp://mail/inbox",
        "smtp://user@mail",
        "smtp://user:@mail",
        "smtp://mail?tls=yes",
        "smtp://mail?ssl=1",
        "smtps://mail?tls=1",
        "smtp://mail?timeout=1",
        "smtp://mail?timeout=1000",
        "smtp://mail?timeout=",
    ],
)
def test_wrong_mail_servers_are_refused_with_the_name(variable, url):
    variable(url)
    with pytest.raises(ImproperlyConfigured, match="ERQI_SAMPLE"):
        env.env_mail("ERQI_SAMPLE")


def test_a_refusal_never_shows_the_password(variable):
    variable("smtp://user:geheim@mail?tls=maybe")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.env_mail("ERQI_SAMPLE")
    assert "geheim" not in str(caught.value)


def test_patterns(variable):
    variable("https://ledger.example.gov.cn")
    assert env.env_pattern("ERQI_SAMPLE", r"https?://[\w.-]+", "https://x") == "https://ledger.example.gov.cn"
    variable("ledger.example.gov.cn/")
    with pytest.raises(ImproperlyConfigured, match="应形如 https://x"):
        env.env_pattern("ERQI_SAMPLE", r"https?://[\w.-]+", "https://x")
    assert env.env_pattern("ERQI_NOT_SET", r"x", "x") == ""
