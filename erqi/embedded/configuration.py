"""The server's configuration, written anew at every start, so that a new version of the product brings its own.

The files belong to us and not to the server's account: they lie beside `postgres/`, not in it. An operator's own values go
to `postgresql.local.conf` in the data place, which comes last and wins.
"""

import os
import pwd
from pathlib import Path

from erqi.embedded.account import Account
from erqi.embedded.place import PORT, socket_folder

_MAP = "erqi"
# For a small office server: tens of people, a database of some hundred megabytes, a machine that runs other things as well.
_SIZES = {
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # costs more than it saves on queries of some milliseconds
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",  # the diagnosis reads English
}
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "256MB",  # may lie in memory
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def write_configuration(place: Path, account: Account, *, durable: bool) -> Path:
    """Write the server's three configuration files and return the main one; raise OSError when that fails."""
    folder = place / "conf"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    local = place / "postgresql.local.conf"
    values = {
        "data_directory": str(place / "postgres" / "cluster"),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": _socket_list_item(socket_folder(place)),
        "unix_socket_permissions": "0700",
        **_SIZES,
        **({} if durable else _NOT_DURABLE),
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    # Only a file that exists: PostgreSQL would otherwise note in its log, twice per start, that it is missing.
    _write(folder / "postgresql.conf", [*lines, *([f"include = {_quoted(str(local))}"] if local.exists() else [])])
    # The socket's folder admits only the account (and root). Peer says the same once more, should the folder ever be opened.
    _write(folder / "pg_hba.conf", [f"local all all peer map={_MAP}"])
    names = sorted({account.name, pwd.getpwuid(os.geteuid()).pw_name})
    _write(folder / "pg_ident.conf", [f'{_MAP} "{name}" all' for name in names])
    return folder / "postgresql.conf"


def _write(path: Path, lines: list[str]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    head = "# Written at every start. Own values belong into postgresql.local.conf."
    draft.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    draft.chmod(0o644)
    draft.rename(path)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _socket_list_item(folder: Path) -> str:
    """A path with a comma or a space would end the item of this list, were it not quoted."""
    return '"' + str(folder).replace('"', '""') + '"'
