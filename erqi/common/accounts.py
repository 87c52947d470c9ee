"""Accounts and roles. The only writers of User and RoleGrant; each of the three administrators has a part (domain.md §7.1)."""

import secrets

from axes.utils import reset as forget_failures
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from erqi.common.bulk import remembered
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import RoleGrant, User
from erqi.common.roles import ADMIN_ROLES, Role
from erqi.common.saving import checked, require

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


def one_time_password() -> str:
    """Return a readable first password that meets the password rules; it has to be changed at the first log-in."""
    group = lambda alphabet, size: "".join(secrets.choice(alphabet) for _ in range(size))  # noqa: E731
    return f"{group(_LETTERS.upper(), 2)}{group(_LETTERS, 4)}-{group(_DIGITS, 6)}"


def shortest_password() -> int:
    """Return how many characters a password must have."""
    return max((getattr(rule, "min_length", 0) for rule in get_default_password_validators()), default=0)


def refuse_weak(password: str, user: User, field: str) -> None:
    """Raise InvalidInput for `field` when the password does not meet the rules."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        # Django has no Chinese words for this one since the sentence was reworded.
        short = {"password_too_short": f"密码太短，至少要有 {shortest_password()} 个字符。"}
        texts = [short.get(one.code) or one.messages[0] for one in error.error_list]
        raise InvalidInput({field: texts}) from None


def _set_password(user: User, password: str) -> None:
    """Set the password and when, so that the history shows the change without what it is.

    Hashing is made to be slow: the accounts of a demonstration, which share one password anyway, also share its hash.
    """
    user.password = remembered(("password", password), lambda: make_password(password))
    user.password_set_at = timezone.now()


@transaction.atomic
def add_account(
    *,
    username: str,
    name: str,
    by: User | None,
    email: str = "",
    password: str | None = None,
    must_change: bool = True,
    is_demo: bool = False,
) -> tuple[User, str]:
    """Open an account and return it with its first password. Raises NotAllowed without `account.manage`, InvalidInput."""
    require(by, "account.manage")
    user = User(username=username.strip(), name=name.strip(), email=email.strip(), must_change_password=must_change, is_demo=is_demo)
    if User.objects.filter(username__iexact=user.username).exists():
        # Two names that differ in their case alone are one name to everybody who reads a list.
        raise InvalidInput({"username": ["这个用户名已被占用（不区分大小写）。请换一个。"]})
    password = password or one_time_password()
    refuse_weak(password, user, "password")
    _set_password(user, password)
    checked(user).save()
    return user, password


@transaction.atomic
def rename_account(*, user: User, name: str, by: User) -> User:
    """Change the name shown for an account. Raises NotAllowed without `account.manage`, InvalidInput."""
    require(by, "account.manage")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.name = name.strip()
    checked(user).save(update_fields=["name"])
    return user


@transaction.atomic
def set_email(*, user: User, email: str, by: User) -> User:
    """Change the address that the daily mail goes to; an empty one ends the mails. Raises NotAllowed without `account.manage`,
    InvalidInput for what is no address."""
    require(by, "account.manage")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.email = email.strip()
    checked(user).save(update_fields=["email"])
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> User:
    """Close or reopen an account; a closed one is signed out everywhere, and reopened it signs in anew.

    Raises NotAllowed, ServiceError for one's own.
    """
    require(by, "account.manage")
    if user.pk == by.pk:
        raise ServiceError("不能停用自己的账号。请由另一位系统管理员办理。")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _end_sessions(user)
    return user


def _end_sessions(user: User) -> None:
    """End the account's sessions: a session does not say in a column whose it is, and there are as many as people at work."""
    live = Session.objects.filter(expire_date__gte=timezone.now())
    own = [one.pk for one in live if one.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()


@transaction.atomic
def reset_password(*, user: User, by: User) -> str:
    """Give an account a new one-time password and return it; its sessions and its lock-out end.

    Raises NotAllowed without `account.manage`, ServiceError for one's own (which is changed, not reset).
    """
    require(by, "account.manage")
    if user.pk == by.pk:
        raise ServiceError("自己的密码请在“修改密码”中修改。")
    others = ADMIN_ROLES & set(user.grants.values_list("role", flat=True)) - {Role.SYSTEM_ADMIN}
    if others or user.is_superuser:
        # Whoever holds that password could act as the other administrator: the three must not merge (domain.md §7.1).
        raise ServiceError("不能重置安全管理员、审计管理员的密码。请由服务器维护人员用 manage.py changepassword 命令重置。")
    user = User.objects.select_for_update().get(pk=user.pk)
    password = one_time_password()
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    forget_failures(username=user.username)
    return password


@transaction.atomic
def unlock(*, user: User, by: User) -> None:
    """End an account's lock-out after failed log-ins; the failures stay in the audit. Raises NotAllowed without `account.manage`."""
    require(by, "account.manage")
    forget_failures(username=user.username)


def linkable_people() -> QuerySet[Model]:
    """Return the people whom an account can belong to. They are another app's records, reached over the relation to them."""
    return User._meta.get_field("person").related_model.objects.all()


@transaction.atomic
def link_person(*, user: User, person: Model | None, by: User) -> None:
    """Say which person an account belongs to; `None` ends the link. A person has one account and an account one person.

    Raises NotAllowed without `account.manage`; InvalidInput when the person has another account.
    """
    require(by, "account.manage")
    people = linkable_people().select_for_update(of=("self",))
    before = people.filter(account=user).first()
    after = people.get(pk=person.pk) if person else None
    if after and after.account_id not in {None, user.pk}:
        raise InvalidInput({"person": [f"“{after}”已关联账号“{after.account.username}”。请先在那个账号的页面解除关联。"]})
    if before == after:
        return
    # The old link ends first: the database allows one person per account at any moment.
    for record, account in ((before, None), (after, user)):
        if record:
            record.account = account
            record.version += 1
            checked(record).save(update_fields=["account", "version"])


@transaction.atomic
def change_own_password(*, user: User, old: str, new: str) -> User:
    """Change one's own password, which also ends the duty to change a first one; return the account as saved.

    Raises InvalidInput with `old` (not the present password) or `new` (same as before, against the password rules).
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.check_password(old):
        raise InvalidInput({"old": ["原密码不正确。请注意大小写和中文输入法。"]})
    if old == new:
        raise InvalidInput({"new": ["新密码不能与原密码相同。"]})
    refuse_weak(new, user, "new")
    _set_password(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    return user


@transaction.atomic
def grant_role(*, user: User, role: str, by: User | None) -> RoleGrant:
    """Give an account a role; giving it twice changes nothing.

    Raises NotAllowed without `role.grant`; ServiceError when administrator and business roles would meet in one account,
    or a person would change their own roles.
    """
    require(by, "role.grant")
    if by is not None and by.pk == user.pk:
        raise ServiceError("不能给自己授予角色。请由另一位安全管理员办理。")
    held = set(User.objects.select_for_update().get(pk=user.pk).grants.values_list("role", flat=True))
    if role in held:
        return user.grants.get(role=role)
    if held and (role in ADMIN_ROLES or held & ADMIN_ROLES):
        raise ServiceError(
            f"“{Role(role).label}”与该账号已有的角色不能由一人兼任：系统、安全、审计三类管理员互斥，且不兼业务角色。请先收回原角色。"
        )
    grant = RoleGrant(user=user, role=role)
    checked(grant).save()
    return grant


@transaction.atomic
def withdraw_role(*, user: User, role: str, by: User) -> None:
    """Take a role away; it counts from the account's next click. Raises NotAllowed without `role.grant`, ServiceError for one's own."""
    require(by, "role.grant")
    if by.pk == user.pk:
        raise ServiceError("不能收回自己的角色。请由另一位安全管理员办理。")
    User.objects.select_for_update().get(pk=user.pk).grants.filter(role=role).delete()
