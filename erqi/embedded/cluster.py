"""The embedded server itself: created, started, adopted and stopped by PostgreSQL's own programs, reached by a Unix socket only.

Several processes may use one server at the same time (`up`, and `createsuperuser` beside it). The first one starts it, the
last one to leave stops it; a server whose starter was killed is taken over by the next one (see erqi.embedded.locks).
"""

import os
import pwd
import shlex
import shutil
import stat
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import psycopg2

from erqi.embedded import diagnosis, processes
from erqi.embedded.account import MAJOR, Account, server_account, server_programs
from erqi.embedded.configuration import write_configuration
from erqi.embedded.errors import OperatorError
from erqi.embedded.locks import Users, only_one
from erqi.embedded.place import DATABASE, PORT, ROLE, make_place, socket_folder, unusable

SUPERUSER = "postgres"
_START_SECONDS = 120
_STOP_SECONDS = 60
_REMAINS_SECONDS = 20
_LOG_LIMIT = 10_000_000
# A new cluster takes about 45 MB, and a started one wants room for a segment of its log (16 MB).
_ROOM_FOR_NEW = 150_000_000
_ROOM_TO_START = 32_000_000


class EmbeddedServer:
    """The server of one data place, for the length of a `with` block.

    `started_here` says after entering whether this process started it or found it running. Entering raises OperatorError
    with one sentence for everything that keeps the server from being used. `durable=False` gives up safety against power
    cuts for speed and is for the throw-away clusters of the tests alone.
    """

    def __init__(self, place: Path, *, durable: bool = True) -> None:
        self.place = place
        self.started_here = False
        self._process = os.getpid()
        self._durable = durable
        self._home = place / "postgres"
        self._cluster = self._home / "cluster"
        self._users = Users(place)
        self._account: Account
        self._programs: Path
        self._prepared = False

    def __enter__(self) -> "EmbeddedServer":
        make_place(self.place)
        with self._turn():
            self._users.join()
            try:
                self._prepare()
                self.started_here = not self._take_over()
                if self.started_here:
                    self._start()
                self._ensure_database()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if os.getpid() != self._process:
            return  # a forked child that leaves the block in its own copy of the parent's stack
        with self._turn():
            self._leave()

    def _turn(self) -> AbstractContextManager[None]:
        return only_one(
            self.place / "server.lock",
            patience=_START_SECONDS + _STOP_SECONDS,
            sentence=f"另一个进程一直在启动或停止 {self.place} 中的数据库：请等它结束后重新启动。",
        )

    def _prepare(self) -> None:
        """Make the server's folders and, the first time, its cluster. A killed first start leaves only a draft."""
        self._account = server_account()
        if self._account.other and not self._account.reaches(self.place, "-x"):
            raise OperatorError(
                f"以 root 运行时数据库由用户 {self._account.name} 运行，但它进不了 {self.place}："
                f"请用 --data 或 ERQI_DATA_DIR 换一个它能进入的目录（如 /var/lib/erqi/数据名），或换用普通用户运行。"
            )
        self._own_home()
        self._programs = server_programs(self.place, self._account)
        try:
            if any(self._home.glob("draft-*")):  # of a first start that was killed; nobody else is starting now
                self._account.run("/bin/sh", "-c", 'rm -rf "$1"/draft-*', "sh", self._home)
            exists = self._cluster.is_dir() and any(self._cluster.iterdir())
            if exists:
                self._check_version()
            self._check_room(_ROOM_TO_START if exists else _ROOM_FOR_NEW)
            if not exists:
                self._create_cluster()
        except OSError as error:
            raise unusable(self.place, error) from error
        self._prepared = True

    def _own_home(self) -> None:
        """Create the folder that belongs to the server's account, or check that it does."""
        account = self._account
        try:
            if not self._home.exists():
                self._home.mkdir(mode=0o700)
                if account.other:
                    os.chown(self._home, account.uid, account.gid)
            owner = self._home.stat().st_uid
        except OSError as error:
            raise unusable(self.place, error) from error
        if owner != account.uid:
            raise OperatorError(
                f"数据库目录 {self._home} 属于用户 {_user_name(owner)}，而现在以 {account.name} 运行："
                f"请换用原来的用户运行，或用 --data、ERQI_DATA_DIR 指定另一个数据目录。"
            )
        folder = socket_folder(self.place)
        self._account.run("/bin/mkdir", "-p", "-m", "700", folder)
        try:
            found = folder.lstat()
        except OSError as error:
            raise unusable(self.place, error) from error
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
            raise OperatorError(f"{folder} 已被他人占用或权限过宽：请删除它后重新启动，或用 --data 指定一个路径较短的数据目录。")

    def _check_version(self) -> None:
        marker = self._cluster / "PG_VERSION"
        if not marker.exists():
            raise diagnosis.damaged(self.place, "缺少 PG_VERSION")
        version = marker.read_text(encoding="ascii", errors="replace").strip()
        if version != str(MAJOR):
            if not version.isdigit():
                raise diagnosis.damaged(self.place, "PG_VERSION 内容不对")
            raise OperatorError(
                f"{self._cluster} 由 PostgreSQL {version} 建立，而本程序内置 PostgreSQL {MAJOR}："
                f"请用原来的程序版本备份后在新目录（--data）中恢复。"
            )

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._home).free
        if free < needed:
            raise OperatorError(
                f"磁盘空间不足：{self.place} 所在的磁盘只剩 {free // 1_000_000} MB，至少需要 {needed // 1_000_000} MB，请清理后重新启动。"
            )

    def _create_cluster(self) -> None:
        draft = self._home / f"draft-{os.getpid()}-{time.monotonic_ns()}"
        result = self._account.run(
            self._programs / "initdb",
            *("-D", draft, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--data-checksums", "--auth-local=peer", "--auth-host=reject", "--no-instructions"),
            *(() if self._durable else ("--no-sync",)),
        )
        if result.returncode:
            self._account.run("/bin/rm", "-rf", draft)
            raise diagnosis.why_not_started(self.place, result.stdout)
        draft.rename(self._cluster)

    def _take_over(self) -> bool:
        """Say whether a server of this place runs already, waiting while it is starting or stopping."""
        until = time.monotonic() + _START_SECONDS
        while (pid := processes.recorded_server(self._cluster)) is not None:
            if not processes.is_server_of(pid, self._cluster):
                self._clear_remains(pid)
                return False
            try:
                self._connect().close()
                return True
            except psycopg2.OperationalError:
                if time.monotonic() > until:
                    raise OperatorError(f"数据库进程 {pid} 正在运行但没有回应（{self._home}）：请先结束该进程再重新启动。") from None
                time.sleep(0.1)
        return False

    def _clear_remains(self, pid: int) -> None:
        """Remove what a killed server left that would keep the next one from starting.

        Its number may belong to another process by now (certain after a container's restart) or to one that nobody has
        buried, and PostgreSQL then takes its lock files for valid. What they protect against is checked here: processes of
        the dead server that still work on its files.
        """
        until = time.monotonic() + _REMAINS_SECONDS
        while remaining := processes.working_in(self._cluster):
            if time.monotonic() > until:
                raise OperatorError(f"上一次的数据库进程 {remaining[0]} 还没有退出（{self._home}）：请结束该进程后重新启动。")
            time.sleep(0.05)
        if processes.exists(pid):
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            (socket_folder(self.place) / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _start(self) -> None:
        log = self._home / "server.log"
        try:
            if log.exists() and log.stat().st_size > _LOG_LIMIT:
                log.rename(self._home / "server.log.1")
            before = log.stat().st_size if log.exists() else 0
            configuration = write_configuration(self.place, self._account, durable=self._durable)
        except OSError as error:
            raise unusable(self.place, error) from error
        result = self._account.run(
            *(self._programs / "pg_ctl", "start", "--wait", "--silent", f"--timeout={_START_SECONDS}"),
            *("-D", self._cluster, "-l", log, "-o", f"-c config_file={shlex.quote(str(configuration))}"),
            timeout=_START_SECONDS + 30,
        )
        if result.returncode:
            written = ""
            if log.exists():
                with log.open("rb") as file:
                    file.seek(before)
                    written = file.read(200_000).decode("utf-8", "replace")
            raise diagnosis.why_not_started(self.place, result.stdout + written)

    def _connect(self) -> "psycopg2.extensions.connection":
        folder = str(socket_folder(self.place))
        return psycopg2.connect(host=folder, port=PORT, dbname="postgres", user=SUPERUSER, connect_timeout=10)

    def _ensure_database(self) -> None:
        """Create role and database when they are missing, also after a first start that was killed half way.

        The role is no superuser: nothing in the product can switch off the triggers that write history.
        """
        try:
            connection = self._connect()
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
                    if not cursor.fetchone():
                        cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if not cursor.fetchone():
                        cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            finally:
                connection.close()
        except psycopg2.Error as error:
            raise diagnosis.why_not_started(self.place, f"FATAL: {error}") from error

    def _leave(self) -> None:
        if not self._users.leave() or not self._prepared:
            return
        stop = (self._programs / "pg_ctl", "stop", "--wait", "--silent", f"--timeout={_STOP_SECONDS}", "-D", self._cluster)
        if (self._cluster / "postmaster.pid").exists() and self._account.run(*stop, "--mode=fast").returncode:
            self._account.run(*stop, "--mode=immediate")


def is_running(place: Path) -> bool:
    """Say whether the embedded server of a data place answers right now; starts and creates nothing."""
    try:
        psycopg2.connect(host=str(socket_folder(place)), port=PORT, dbname="postgres", user=ROLE, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
