"""Two at the same moment, and one who has to wait: what was read before a wait is read again after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.choices import WarningLevel
from projects.models import LevelOverride, Project
from projects.services import override as overrides
from projects.tests.builders import make_user
from projects.tests.concurrency import at_once
from projects.tests.request_case import make_case
from projects.tests.warning_builders import levels

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2018, 6, 1)


def test_one_form_that_sets_a_level_twice_at_the_same_moment_sets_it_once() -> None:
    case, key = make_case(), uuid4()
    values = {"level": WarningLevel.YELLOW, "until": date(2018, 6, 20), "reason": "现场进度与上报不符", "request_key": key}

    def act() -> LevelOverride:
        with clock.at(TODAY):
            return overrides.set_level(project=case.project, year=2018, by=None, **values)

    results = at_once(act, act)
    assert {getattr(one, "pk", one) for one in results} == {LevelOverride.objects.get().pk}
    assert levels([case.project], TODAY) == [WarningLevel.YELLOW]
