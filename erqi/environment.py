"""Typed readers of environment variables. A malformed or unknown value is refused at start, never guessed.

Every variable of this product begins with ERQI_ (DATABASE_URL is the one customary exception). `refuse_unknown` is called
once at the end of the settings, so that a misspelt name is reported instead of being silently without effect.
"""

import difflib
import os
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_known: set[str] = set()


def _raw(name: str) -> str | None:
    _known.add(name)
    value = os.environ.get(name)
    return value.strip() if value is not None else None


def env_str(name: str, default: str = "") -> str:
    """Return the variable's text, or the default when it is not set."""
    value = _raw(name)
    return default if value is None else value


def env_bool(name: str, default: bool) -> bool:
    """Return a switch; raise ImproperlyConfigured for anything but 1/0, true/false, yes/no, on/off."""
    value = _raw(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"环境变量 {name}={value!r} 应为 1 或 0（true/false、yes/no、on/off 亦可）。")


def env_int(name: str, default: int, minimum: int, maximum: int) -> int:
    """Return a whole number within the bounds; raise ImproperlyConfigured otherwise."""
    value = _raw(name)
    if value is None or value == "":
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"环境变量 {name}={value!r} 应为整数。") from None
    if not minimum <= number <= maximum:
        raise ImproperlyConfigured(f"环境变量 {name}={value} 应在 {minimum} 至 {maximum} 之间。")
    return number


def env_list(name: str, default: list[str], pattern: str = ".*", example: str = "") -> list[str]:
    """Return a comma separated list without empty items; raise ImproperlyConfigured for an item that the pattern does not match."""
    value = _raw(name)
    if value is None:
        return default
    items = [item.strip() for item in value.split(",") if item.strip()]
    for item in items:
        if not re.fullmatch(pattern, item):
            raise ImproperlyConfigured(f"环境变量 {name} 中的 {item!r} 不合要求：应形如 {example}，多个之间用逗号分隔。")
    return items


def env_date(name: str) -> date | None:
    """Return an ISO date, or None when the variable is not set."""
    value = _raw(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(f"环境变量 {name}={value!r} 应为日期，如 2018-09-28。") from None


def env_database(name: str = "DATABASE_URL") -> dict | None:
    """Return Django's settings of the PostgreSQL server named by a URL, or None when the variable is not set.

    Takes postgres://user:password@host:port/name?sslmode=require; a host that is a folder (a Unix socket) may be given
    percent-encoded or as ?host=/run/postgresql. Raises ImproperlyConfigured for any other scheme or a missing name.
    """
    value = _raw(name)
    if not value:
        return None
    example = "postgres://用户:密码@主机:5432/库名"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"环境变量 {name} 不是有效的数据库地址，应形如 {example}。") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"环境变量 {name} 应以 postgres:// 开头，形如 {example}。")
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise ImproperlyConfigured(f"环境变量 {name} 缺少库名，应形如 {example}（密码中的特殊字符须按 % 编码）。")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


@dataclass(frozen=True)
class MailServer:
    """A mail server by which mails are sent."""

    host: str
    port: int
    user: str
    password: str
    # STARTTLS on an open line, or TLS from the first byte on.
    starttls: bool
    tls: bool
    timeout: int


def env_mail(name: str) -> MailServer | None:
    """Return the mail server named by a URL, or None when the variable is not set.

    Takes smtp://user:password@host:587?tls=1 (STARTTLS), smtp://host:25 (a relay in the own network) and smtps://user:password@host:465;
    `timeout` in seconds may be given, 5 to 120. Raises ImproperlyConfigured for anything else.
    """
    value = _raw(name)
    if not value:
        return None
    example = "smtp://用户:密码@主机:587?tls=1"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"环境变量 {name} 不是有效的邮件服务器地址，应形如 {example}。") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured(f"环境变量 {name} 应以 smtp:// 或 smtps:// 开头，形如 {example}。")
    if not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ImproperlyConfigured(f"环境变量 {name} 应写明主机，主机和端口之后不带路径，形如 {example}（密码中的特殊字符须按 % 编码）。")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"环境变量 {name} 的用户和密码应同时写或同时不写，形如 {example}。")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - {"tls", "timeout"}):
        raise ImproperlyConfigured(f"环境变量 {name} 有不认识的选项 {unknown[0]}：只能写 tls 和 timeout，形如 {example}。")
    tls, timeout = options.get("tls", "0"), options.get("timeout", "20")
    if tls not in {"0", "1"} or (tls == "1" and parts.scheme == "smtps"):
        raise ImproperlyConfigured(f"环境变量 {name} 的 tls 应为 1 或 0；smtps:// 本来就加密，不再写 tls=1。")
    if not (timeout.isascii() and timeout.isdigit() and 5 <= int(timeout) <= 120):
        raise ImproperlyConfigured(f"环境变量 {name} 的 timeout 应为 5 至 120 秒。")
    secure = parts.scheme == "smtps"
    return MailServer(
        parts.hostname,
        port or (465 if secure else 587 if tls == "1" else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=tls == "1",
        tls=secure,
        timeout=int(timeout),
    )


def env_pattern(name: str, pattern: str, example: str) -> str:
    """Return the variable's text, "" when it is not set; raise ImproperlyConfigured when the pattern does not match."""
    value = _raw(name) or ""
    if value and not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"环境变量 {name}={value!r} 不合要求：应形如 {example}。")
    return value


def refuse_unknown() -> None:
    """Raise ImproperlyConfigured for a set ERQI_ variable that no reader asked for."""
    unknown = sorted(name for name in os.environ if name.startswith("ERQI_") and name not in _known)
    if unknown:
        near = difflib.get_close_matches(unknown[0], sorted(_known), n=1, cutoff=0.8)
        hint = f"是否想写 {near[0]}？" if near else ""
        raise ImproperlyConfigured(f"不认识的环境变量：{'、'.join(unknown)}。{hint}可用的变量见 README 的 Environment variables 一节。")


def declare(*names: str) -> None:
    """Say that other modules read these variables, so that `refuse_unknown` accepts them."""
    _known.update(names)
