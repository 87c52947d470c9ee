"""Takes the README's screenshots from a running demonstration.

    .venv/bin/python manage.py up &
    .venv/bin/python docs/screenshots.py http://127.0.0.1:8000 PASSWORD

Needs requirements-dev.txt, a Chromium and Chinese fonts (see README, "Test it").
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent / "screenshots"
SHOTS = {
    "cockpit": "/?scope=all",
    "wall": "/wall/2018/?sort=level",
    "ledger": "/ledgers/2018/",
    "targets": "/targets/2018/?conflict=on",
    "notices": "/supervision/notices/",
}


def main(address: str, password: str) -> None:
    """Sign in as the office and write one picture per page."""
    with sync_playwright() as playwright:
        chromium = os.environ.get("ERQI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(viewport={"width": 1366, "height": 820}, locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"{address}/accounts/login/")
        page.fill("input[name=username]", "office")
        page.fill("input[name=password]", password)
        page.get_by_role("button", name="登录").click()
        for name, path in SHOTS.items():
            page.goto(address + path)
            # Charts are drawn in a moment of their own.
            page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2])
