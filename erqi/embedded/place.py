"""Where an installation keeps what it may not lose: the database, the secret key, uploads, collected static files.

Pure path computation and the careful making of folders; nothing here starts a process. Layout of a data place:

    postgres/        everything the database server owns: cluster/, run/ (the socket), server.log
    binaries/        a copy of PostgreSQL's programs, only where the server's account cannot reach the installed ones
    static/          collected static files
    attachments/     evidence and other uploads under their checksum (erqi.common.files)
    secret_key       and demo_password: one line each, readable by the owner only
    up.lock          and server.lock, users.lock: see erqi.embedded.locks
"""

import errno
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from erqi.embedded.errors import OperatorError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATABASE = "erqi"
ROLE = "erqi"
# Given explicitly, because libpq would otherwise take a PGPORT from the environment; it is a part of the socket's name only.
PORT = "5432"
# A socket's path must fit sockaddr_un: 107 bytes on Linux, 103 on macOS.
_LONGEST_SOCKET = 103
_ROOT_PLACES = Path("/var/lib/erqi")


def data_dir() -> Path:
    """Return the data place of this installation, whether or not it exists yet.

    ERQI_DATA_DIR decides; without it an ordinary user's is `.data` in the checkout. Root's lies under /var/lib, since the
    server may not run as root and another account must be able to enter, which a checkout under /root does not allow.
    """
    chosen = os.environ.get("ERQI_DATA_DIR", "").strip()
    if chosen:
        return Path(os.path.abspath(os.path.expanduser(chosen)))
    return default_data_dir()


def default_data_dir() -> Path:
    """Return the data place that is used when nothing else is asked for."""
    if os.geteuid() == 0:
        return _ROOT_PLACES / _digest(CHECKOUT)
    return CHECKOUT / ".data"


def socket_settings(place: Path) -> dict[str, str]:
    """Return Django's HOST, PORT, NAME and USER of the embedded server of a data place; nothing is started or created."""
    return {"HOST": str(socket_folder(place)), "PORT": PORT, "NAME": DATABASE, "USER": ROLE}


def socket_folder(place: Path) -> Path:
    """Return the folder of the server's socket: in the data place, or a short private one when that path is too long.

    The short one is always under /tmp and not under $TMPDIR: two processes with different environments must agree on it.
    """
    inside = place / "postgres" / "run"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET:
        return inside
    return Path("/tmp") / f"erqi-{_digest(place)}"  # noqa: S108 - owner and mode are checked before use


def make_place(place: Path) -> None:
    """Create the data place if it is missing; folders that exist keep their permissions.

    Raises OperatorError with the remedy where that is not possible.
    """
    missing = []
    folder = place
    try:
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        if not folder.is_dir():
            raise OperatorError(f"数据目录 {place} 无法使用：{folder} 是一个文件，请用 --data 或 ERQI_DATA_DIR 指定另一个目录。")
        # As root, the server's account has to pass through (not list) the folders made here.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            new.chmod(mode)
    except OSError as error:
        raise unusable(place, error) from error


def keep_line(place: Path, name: str, make: str) -> str:
    """Return the one line kept in a file of the data place, creating the file (0600) with `make` when it is missing.

    Two processes that start at once agree on one line, and a killed process never leaves half of one.
    """
    path = place / name
    try:
        if not path.exists():
            make_place(place)
            draft = place / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(make + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):  # another process was quicker: its line counts
                    os.link(draft, path)
            finally:
                draft.unlink()
        line = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise unusable(place, error) from error
    if not line:
        raise OperatorError(f"文件 {path} 是空的，请从备份恢复它，或删除它后重新启动（会重新生成）。")
    return line


def unusable(place: Path, error: OSError) -> OperatorError:
    """Turn an error of the file system inside a data place into one sentence with the remedy."""
    where = error.filename or place
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OperatorError(f"磁盘已满，无法写入 {where}：请清理 {place} 所在的磁盘后重新启动。")
    if error.errno == errno.EROFS:
        return OperatorError(f"{where} 所在的磁盘是只读的：请用 --data 或 ERQI_DATA_DIR 指定一个可写的数据目录。")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return OperatorError(f"当前用户没有权限读写 {where}：请换用拥有该目录的用户运行，或用 --data、ERQI_DATA_DIR 指定另一个数据目录。")
    return OperatorError(f"数据目录 {place} 无法使用（{where}：{error.strerror}）：请检查该目录，或用 --data 指定另一个。")


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
