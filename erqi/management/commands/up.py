"""`manage.py up`: from a fresh checkout to a running platform in one command, and the same again in seconds."""

import io
import ipaddress
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver

from erqi import serving
from erqi.common.models import Installation, User
from erqi.demo import DEMO_ACCOUNTS
from erqi.embedded import EmbeddedServer, OperatorError, external
from erqi.embedded.locks import open_lock, try_lock
from erqi.embedded.place import make_place
from erqi.serving import static, web
from projects.models import Rescheduling

# A killed predecessor's workers notice within about a second that it is gone, and give up the port.
_PATIENCE_AFTER_KILL = 5
_OWN_APPS = {"erqi", "common", "projects", "supervision"}


class Step:
    """What a step says when it is done; set inside the block by whoever knows it only then."""

    def __init__(self, done: str) -> None:
        self.done = done


class Command(BaseCommand):
    """Brings the whole product up, step by step, and serves it until it is stopped."""

    help = "启动平台：数据库、表结构、初始数据、网页服务。按 Ctrl-C 停止。再次启动只需几秒，不改动已有数据。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="网页服务的端口，默认 8000")
        parser.add_argument("--host", default="127.0.0.1", help="网页服务的地址，默认 127.0.0.1（仅本机可访问）")
        parser.add_argument("--documents-only", action="store_true", help="空库时只载入文件记载的资料，不建立演示账号，不固定业务日期")
        parser.add_argument("--data", metavar="目录", help="数据目录，默认取环境变量 ERQI_DATA_DIR，未设时由程序选定并在启动时显示")

    def handle(self, *, host: str, port: int, documents_only: bool, **options: object) -> None:
        if not 0 <= port <= 65535:
            raise OperatorError(f"端口 {port} 应在 0 至 65535 之间：例如 python manage.py up --port 8000。")
        with ExitStack() as stack:
            self._run(stack, host, port, documents_only)

    def _run(self, stack: ExitStack, host: str, port: int, documents_only: bool) -> None:
        begun = time.monotonic()
        lock, killed = self._claim(stack)
        listener = stack.enter_context(web.take_port(host, port, patience=_PATIENCE_AFTER_KILL if killed else 0))
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        stack.callback(os.ftruncate, lock, 0)

        self._start_database(stack)
        self._migrate()
        self._seed(documents_only)
        self._finish_passes()
        self._collect_static()
        with self._step("载入程序", "程序已载入"):
            _ = get_resolver().url_patterns
            accounts = _account_lines()

        def ready() -> None:
            self._say(f"\n平台已启动（共 {time.monotonic() - begun:.1f} 秒）：{address}")
            for line in accounts:
                self._say(line)
            if not _is_loopback(host):
                self._say("提示：其他电脑要访问，请把本机的地址或域名写入环境变量 ERQI_ALLOWED_HOSTS。")
            self._say("按 Ctrl-C 停止。")

        web.serve(listener, ready=ready, forked=lambda: os.close(lock))
        self._say("\n正在停止 …")
        stack.close()
        self._say("已停止。")

    def _claim(self, stack: ExitStack) -> tuple[int, bool]:
        """Take the data place for this process, and say whether the last one to have it was killed."""
        place = settings.DATA_DIR
        make_place(place)
        lock = open_lock(place / "up.lock")
        stack.callback(os.close, lock)
        free = try_lock(lock)
        try:
            other = json.loads(os.pread(lock, 1000, 0) or b"{}")
        except ValueError:
            other = {}
        if not free:
            where = f"，地址 {other['address']}，进程号 {other['pid']}" if other else ""
            raise OperatorError(
                f"数据目录 {place} 已有一个平台在运行{where}：请直接使用它，或先停止它；要另开一个，请用 --data 指定另一个目录。"
            )
        os.ftruncate(lock, 0)
        return lock, bool(other)

    def _start_database(self, stack: ExitStack) -> None:
        if os.environ.get("DATABASE_URL", "").strip():
            parameters = connection.get_connection_params()
            with self._step("连接数据库", f"已连接数据库 {external.describe(parameters)}"):
                external.check_server(parameters)
            return
        with self._step("启动内置数据库", "") as step:
            server = stack.enter_context(EmbeddedServer(settings.DATA_DIR))
            how = "内置数据库已启动" if server.started_here else "已接管正在运行的内置数据库"
            step.done = f"{how}：{settings.DATA_DIR}"

    def _migrate(self) -> None:
        with self._step("检查数据库结构", "数据库结构已是最新") as step:
            executor = MigrationExecutor(connection)
            newer = sorted(
                f"{app}.{name}"
                for app, name in set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
                if app in _OWN_APPS and not executor.loader.replacements.get((app, name))
            )
            if newer:
                raise OperatorError(f"数据库由更新的程序版本建立（{newer[-1]}）：请换用新版程序，或恢复升级前的备份。")
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                if os.environ.get("DATABASE_URL", "").strip():
                    external.check_may_create(connection.get_connection_params())
                first = not executor.loader.applied_migrations
                self._progress("建立数据库结构" if first else "升级数据库结构")
                call_command("migrate", interactive=False, verbosity=0)
                step.done = f"数据库结构已{'建立' if first else '升级'}（{len(plan)} 步）"

    def _seed(self, documents_only: bool) -> None:
        """Fill an installation that never was; one in use is left alone, also when it was filled with other options."""
        with self._step("检查初始数据", "初始数据已就绪") as step:
            if not Installation.objects.filter(seeded_at__isnull=False).exists():
                self._progress("载入初始数据")
                told = io.StringIO()
                try:
                    call_command("seed", documents_only=documents_only, progress=self._progress, stdout=told)
                except CommandError as error:
                    raise OperatorError(str(error)) from error
                step.done = f"初始数据已载入：{told.getvalue().strip()}"

    def _finish_passes(self) -> None:
        """Carry on what was cut off: until a pass is finished some colours are still those of the rules before."""
        if Rescheduling.objects.filter(finished_at=None).exists():
            with self._step("重算预警颜色", "未完成的预警颜色重算已完成"):
                call_command("reschedule", stdout=io.StringIO())

    def _collect_static(self) -> None:
        with self._step("检查静态文件", "静态文件已是最新") as step:
            if static.collect_static(lambda: self._progress("整理静态文件")):
                step.done = "静态文件已整理"

    @contextmanager
    def _step(self, doing: str, done: str) -> Iterator[Step]:
        """Say what is being done, and when it is done how long it took."""
        begun = time.monotonic()
        self._progress(doing)
        step = Step(done)
        try:
            yield step
        except BaseException:
            self._progress("")
            raise
        self._progress("")
        self._say(f"✓ {step.done} ({time.monotonic() - begun:.1f} 秒)")

    def _progress(self, doing: str) -> None:
        """Show on a terminal what is going on, in a line that the next one replaces."""
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{'… 正在' + doing if doing else ''}", ending="")
            self.stdout.flush()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _account_lines() -> list[str]:
    """Say who may sign in to a demonstration, with the password only if it still is the right one; elsewhere how to begin."""
    if not Installation.objects.filter(is_demo=True).exists():
        if User.objects.filter(is_active=True).exists():
            return []
        place = shlex.quote(str(settings.DATA_DIR))
        return [f"还没有账号。请另开一个终端建立第一个：ERQI_DATA_DIR={place} {shlex.quote(sys.executable)} manage.py createsuperuser"]
    names = {username: name for username, name, _ in DEMO_ACCOUNTS}
    users = User.objects.filter(username__in=names, is_active=True).order_by("pk")
    password = serving.demo_password(settings.DATA_DIR)
    if any(user.check_password(password) for user in users[:2]):
        shown = f"密码 {password}"
    elif os.environ.get("ERQI_DEMO_PASSWORD", "").strip():
        shown = "ERQI_DEMO_PASSWORD 只在首次载入时起作用，现在的密码是另一个"
    else:
        shown = "密码不是数据目录中记录的那一个（曾由 ERQI_DEMO_PASSWORD 指定，或已被修改）"
    return [f"演示账号（{shown}）：" + "、".join(f"{user.username} {names[user.username]}" for user in users)]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
