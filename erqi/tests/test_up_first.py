"""The newcomer's start: nothing is there but the checkout, and the process is killed in the middle of it."""

import re
import signal
import time
import urllib.request

from erqi.embedded import is_running


def test_a_first_start_that_is_killed_is_completed_by_the_next(server_folder, start):
    place = server_folder / "empty"
    killed = start(place, "--port", "0", hasher="product")
    until = time.monotonic() + 60
    while "✓ 内置数据库已启动" not in killed.told and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.5)
    killed.end(signal.SIGKILL)
    assert "✓ 数据库结构" not in killed.told, "too late: it was to be killed while the tables are made"

    up = start(place, "--port", "0", hasher="product").wait()
    with urllib.request.urlopen(up.address, timeout=30) as response:
        assert response.status == 200
    assert re.search(r"^✓ 初始数据已载入：新增：.*演示账号 10、模拟节点 \d+、模拟投资计划 \d+、模拟月报 \d+.*。 \(", up.told, re.MULTILINE)
    first_password = re.search(r"演示账号（密码 (\S+)）：", up.told)
    assert first_password, up.told
    assert up.end(signal.SIGTERM) == 0

    again = start(place, "--port", "0", hasher="product").wait()
    assert f"演示账号（密码 {first_password[1]}）：" in again.told
    for step in ("数据库结构已是最新", "初始数据已就绪", "静态文件已是最新"):
        assert f"✓ {step} (" in again.told
    assert again.end(signal.SIGINT) == 0
    assert not is_running(place)
