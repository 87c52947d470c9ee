"""Every page opens for everybody who may open it: one heading, no error, nothing left unrendered."""

import re

import pytest

from erqi.common.models import User
from erqi.common.roles import Role
from erqi.tests.permissions import TABLE, address_of, samples
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db

# Addresses that answer with something else than a page.
NO_PAGE = {"healthz", "logout", "projects:inbox_count", "admin:logout", "admin:jsi18n", "admin:autocomplete"}

# Scripts, htmx's headers and the attributes of Django's own admin hold JSON.
JSON = re.compile(r"""<script\b.*?</script>|<meta name="htmx-config"[^>]*>|data-inline-formset="[^"]*"|hx-[a-z]+='[^']*'""", re.DOTALL)


def faults(text: str) -> list[str]:
    """Return what a rendered page should not have."""
    found = []
    if (number := len(re.findall(r"<h1\b", text))) != 1:
        found.append(f"{number} headings of the first level")
    if not re.search(r"<title>\s*[^<\s]", text):
        found.append("no title")
    if re.search(r"{[{%#]|[%#}]}", JSON.sub("", text)):
        found.append("template text left over")
    if " None<" in text or ">None<" in text:
        found.append("a None is shown")
    if re.search(r"""\sid=["']([^"']+)["'][\s\S]*\sid=["']\1["']""", text):
        ids = re.findall(r"""\sid=["']([^"']+)["']""", text)
        found.append(f"ids used twice: {sorted({one for one in ids if ids.count(one) > 1})}")
    return found


def walk(client, user, names, filled) -> list[str]:
    client.force_login(user)
    wrong = []
    for name in names:
        rule = TABLE[name]
        if name in NO_PAGE or rule.path or not rule.allows(user, "GET"):
            continue
        address = address_of(name, rule, filled)
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            wrong += [f"{address} ({name}): {fault}" for fault in faults(answer.content.decode())]
        elif answer.status_code not in {200, 302, 405}:
            wrong.append(f"{address} ({name}): {answer.status_code}")
    return wrong


@pytest.mark.parametrize("role", [*Role, "superuser"])
def test_pages_of_an_empty_installation(client, role):
    user = make_user(*([role] if role in set(Role) else []))
    if role == "superuser":
        User.objects.filter(pk=user.pk).update(is_superuser=True)
        user = User.objects.get(pk=user.pk)
    wrong = walk(client, user, [name for name, rule in TABLE.items() if not rule.sample], {"": {}})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICE, Role.SUPERVISION, Role.SYSTEM_ADMIN])
def test_pages_of_records(client, role):
    user = make_user(role)
    wrong = walk(client, user, [name for name in TABLE if not name.startswith("admin:")], samples(user))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE, Role.AUDIT_ADMIN])
def test_pages_of_the_documented_data(client, seeded_db, role):
    user = make_user(role)
    wrong = walk(client, user, [name for name, rule in TABLE.items() if not rule.sample], {"": {}})
    assert not wrong, "\n".join(wrong)
