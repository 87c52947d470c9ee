"""The files that take longest begin first, so that no worker is left with one of them while the others have nothing to do.

How long each took is kept from the last whole run; before the first, tests that start browsers or servers are taken to be long.
"""

from collections import defaultdict
from collections.abc import Iterator

import pytest

_KEPT = "erqi/seconds"
_LONG_FIXTURES = {"browser", "site", "start", "server_folder"}
_LONG, _SHORT = 5.0, 0.2
_took: dict[str, float] = defaultdict(float)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _is_whole(config: pytest.Config) -> bool:
    """Say whether the run is of all tests: only then is the time of each file that of all its tests."""
    some = config.option.keyword or config.option.markexpr or config.getoption("lf", False) or config.getoption("deselect", None)
    return config.args_source is not pytest.Config.ArgsSource.ARGS and not some


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Give every worker the same order, which pytest-xdist insists on."""
    cache = getattr(node.config, "cache", None)
    node.workerinput["seconds"] = cache.get(_KEPT, {}) if cache else {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort a worker's files; within a file, and without workers, the order stays."""
    if not hasattr(config, "workerinput"):
        return
    kept = config.workerinput["seconds"]
    guessed: dict[str, float] = defaultdict(float)
    for item in items:
        guessed[_file(item.nodeid)] += _LONG if _LONG_FIXTURES & {*getattr(item, "fixturenames", ())} else _SHORT
    items.sort(key=lambda item: (-kept.get(_file(item.nodeid), guessed[_file(item.nodeid)]), _file(item.nodeid)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the seconds of each file."""
    _took[_file(report.nodeid)] += report.duration


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Keep them, when every test ran."""
    config = session.config
    cache = getattr(config, "cache", None)
    if cache and not hasattr(config, "workerinput") and exitstatus in {0, 1} and _took and _is_whole(config) and not session.shouldstop:
        cache.set(_KEPT, {name: round(seconds, 1) for name, seconds in _took.items()})
    return (yield)
