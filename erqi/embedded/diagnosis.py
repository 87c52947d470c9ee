"""What PostgreSQL's own English messages mean to an operator: one Chinese sentence with place and remedy."""

import re
from pathlib import Path

from erqi.embedded.errors import OperatorError

_DAMAGED = (
    "incorrect checksum in control file",
    "global/pg_control",
    "could not locate a valid checkpoint record",
    "invalid checkpoint record",
    "invalid primary checkpoint record",
    "is not a valid data directory",
    "database files are incompatible",
    "could not open directory",
    "could not find redo location",
    "invalid data in file",
    "invalid page in block",
    "page verification failed",
    "could not read file",
    "could not open file",
    "could not access status of transaction",
    "is missing",
)


def damaged(place: Path, reason: str) -> OperatorError:
    """Return the sentence about damaged database files, with the reason in a few words."""
    folder = place / "postgres" / "cluster"
    return OperatorError(f"数据库文件已损坏（{reason}）：请从备份恢复 {folder}；若无需保留数据，把该目录改名后重新启动即可建立新库。")


def why_not_started(place: Path, output: str) -> OperatorError:
    """Return what kept the server from starting, from what it wrote to its log since this start."""
    log = place / "postgres" / "server.log"
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return OperatorError(f"磁盘已满，数据库无法启动：请清理 {place} 所在的磁盘后重新启动。")
    if "Cannot allocate memory" in output or "could not create shared memory segment" in output:
        return OperatorError(
            f"内存不足，数据库无法启动：请关闭其他程序，或在 {place / 'postgresql.local.conf'} 中写入 shared_buffers = 32MB 后重新启动。"
        )
    if "wrong ownership" in output or "invalid permissions" in output or "Permission denied" in output:
        return OperatorError(
            f"数据库目录 {place / 'postgres'} 的所有者或权限不对：请换用原来运行它的用户，或恢复该目录的所有者与权限（仅所有者可读写）。"
        )
    if "already exists" in output and "lock file" in output:
        return OperatorError(f"另一个 PostgreSQL 正在使用 {place / 'postgres'}：请先停止它，或用 --data 指定另一个数据目录。")
    if "pre-existing shared memory block" in output:
        return OperatorError(f"上一次的数据库进程还没有完全退出（{place / 'postgres'}）：请稍候几秒重新启动。")
    if "configuration file" in output or "unrecognized configuration parameter" in output:
        return OperatorError(f"数据库参数文件 {place / 'postgresql.local.conf'} 有误：请更正或删除它后重新启动，详见日志 {log}。")
    if any(sign in output for sign in _DAMAGED):
        return damaged(place, _last_complaint(output))
    return OperatorError(f"内置数据库无法启动（{_last_complaint(output)}）：详见日志 {log}。")


def _last_complaint(output: str) -> str:
    """Return the text of the last fatal line, without time and process number."""
    found = re.findall(r"(?:PANIC|FATAL|ERROR|error):\s*(.+)", output)
    lines = found or [line for line in output.splitlines() if line.strip()] or ["没有更多信息"]
    return str(lines[-1]).strip().rstrip(".")
