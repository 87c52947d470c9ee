"""manage.py bench: how fast every page is at 165 and 10,000 projects, beside a bare Django page and a bare workbook."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erqi.bench import report
from erqi.bench.build import Built, build
from erqi.bench.run import Limits, measure, unknown_names
from erqi.bench.scratch import Scratch

SIZES = (165, 10_000)
LARGEST = 99_000
_WHOLE = "built"


class Command(BaseCommand):
    """Builds a scratch database per size, drives the real server over it and prints what was found. The exit code is always 0."""

    help = (
        "测速：在单独的测试库中建立 165 个和 10000 个项目，以登录会话在 1 户和 8 户并发下访问每个页面，"
        "与空白的 Django + django-tables2 页面和 openpyxl 循环对照。不读写本安装的数据。说明见 docs/performance.md。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", type=int, action="append", metavar="项目数", help="可重复；默认 165 和 10000")
        parser.add_argument("--pages", nargs="+", default=[], metavar="页面", help="只测这些页面，或整组（ledger、warnings、todo…）")
        parser.add_argument("--keep", action="store_true", help="测完保留测试库")
        parser.add_argument("--reuse", action="store_true", help="沿用保留的测试库（没有则建立），测完仍保留")
        parser.add_argument("--json", metavar="文件", help="结果另存为 JSON；- 表示只输出 JSON")
        parser.add_argument("--requests", type=int, default=Limits.requests, help="每页每种并发最多请求次数，默认 %(default)s")
        parser.add_argument("--seconds", type=float, default=Limits.seconds, help="每页每种并发最多秒数，默认 %(default)s")

    def handle(
        self,
        *args: Any,
        size: list[int] | None = None,
        pages: list[str] = (),
        keep: bool = False,
        reuse: bool = False,
        json: str | None = None,
        requests: int = Limits.requests,
        seconds: float = Limits.seconds,
        **options: Any,
    ) -> None:
        """Measure each size; raise CommandError for a size or a page that does not exist."""
        sizes = size or list(SIZES)
        if wrong := [one for one in sizes if not 1 <= one <= LARGEST]:
            raise CommandError(f"项目数 {wrong[0]} 应在 1 至 {LARGEST} 之间。")
        if requests < 1 or seconds <= 0:
            raise CommandError("--requests 应不小于 1，--seconds 应大于 0。")
        self._quiet = json == "-"
        limits = Limits(requests, seconds)
        found: dict[str, Any] = {"machine": None, "sizes": []}
        for one in sizes:
            found["sizes"].append(self._measure(one, limits, pages, found, keep=keep or reuse, reuse=reuse))
        self._write(found, json)

    def _measure(self, size: int, limits: Limits, names: list[str], found: dict[str, Any], *, keep: bool, reuse: bool) -> dict[str, Any]:
        scratch = Scratch(size)
        built: Built | None = None
        is_there = reuse and scratch.find() == _WHOLE
        if not is_there:
            self._tell(f"{size} 个项目：建立测试库 {scratch.name}")
            scratch.create()
        try:
            with scratch.in_use():
                if not is_there:
                    built = build(size, self._tell)
                    scratch.built(_WHOLE)
                if unknown := unknown_names(names):
                    raise CommandError(f"没有名为“{unknown[0]}”的页面。页面见 erqi/bench/pages.py。")
                if found["machine"] is None:
                    found["machine"] = report.machine()
                    self._say(report.machine_line(found["machine"]))
                findings = measure(size, scratch.url, limits, names, self._tell)
        finally:
            if not keep:
                scratch.drop()
        for line in report.lines(size, built, findings):
            self._say(line)
        return report.as_data(size, built, findings)

    def _write(self, found: dict[str, Any], where: str | None) -> None:
        if where is None:
            return
        text = json.dumps(found, ensure_ascii=False, indent=1)
        if where == "-":
            self.stdout.write(text)
        else:
            Path(where).write_text(text + "\n", encoding="utf-8")

    def _say(self, line: str) -> None:
        if not self._quiet:
            self.stdout.write(line)

    def _tell(self, doing: str) -> None:
        """Say what is going on: not part of the findings, and only to somebody who watches."""
        if self.stderr.isatty():
            self.stderr.write(self.style.NOTICE(f"… {doing}"))
