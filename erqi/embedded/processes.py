"""Which processes belong to a cluster: read from the system, since the numbers in lock files outlive their processes."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def recorded_server(cluster: Path) -> int | None:
    """Return the process number in the cluster's postmaster.pid, or None when there is no readable one."""
    try:
        return int((cluster / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def exists(pid: int) -> bool:
    """Say whether a process of this number exists, be it a dead one that its parent has not taken note of."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_server_of(pid: int, cluster: Path) -> bool:
    """Say whether a process is a living one of this cluster, told by its working folder, or by its command line on macOS."""
    if _PROC.joinpath("self").exists():
        return _works_in(_PROC / str(pid), os.path.realpath(cluster))
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return str(cluster) in subprocess.run(command, capture_output=True, text=True, check=False).stdout


def working_in(cluster: Path) -> list[int]:
    """Return the numbers of the processes whose working folder is the cluster, as that of every PostgreSQL process is."""
    real = os.path.realpath(cluster)
    return [int(entry.name) for entry in _PROC.glob("[0-9]*") if _works_in(entry, real)]


def _works_in(entry: Path, folder: str) -> bool:
    try:
        return os.readlink(entry / "cwd") == folder
    except OSError:
        return False  # gone meanwhile, dead, or not ours to look at
