"""Bundles (打捆): no project is, step by step, part of itself, also when two people change bundles at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from erqi.common.errors import InvalidInput
from projects.models import Project
from projects.services.project import change_project
from projects.tests.builders import make_project


@pytest.mark.django_db
def test_a_bundle_is_never_part_of_its_own_parts() -> None:
    top = make_project()
    middle = make_project(bundle_of=top)
    bottom = make_project(bundle_of=middle)
    for bundle in (top, middle, bottom):
        with pytest.raises(InvalidInput, match="不能"):
            change_project(project=top, version=None, by=None, bundle_of=bundle)
    assert change_project(project=bottom, version=None, by=None, bundle_of=top).bundle_of == top


@pytest.mark.django_db
def test_what_is_stored_counts_not_what_was_read_before() -> None:
    one, two = make_project(), make_project()
    read_before = Project.objects.get(pk=two.pk)
    change_project(project=two, version=None, by=None, bundle_of=one)
    with pytest.raises(InvalidInput, match="不能成环"):
        change_project(project=one, version=None, by=None, bundle_of=read_before)


@pytest.mark.django_db(transaction=True)
def test_two_edits_at_the_same_moment_close_no_loop() -> None:
    for size in (2, 3, 2, 3, 2):
        ring, start = [make_project() for _ in range(size)], Barrier(size)

        def close(number: int, ring: list[Project] = ring, start: Barrier = start) -> bool:
            try:
                start.wait(10)
                change_project(project=ring[number], version=1, by=None, bundle_of=ring[(number + 1) % len(ring)])
            except InvalidInput:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(size) as pool:
            assert sorted(pool.map(close, range(size))) == [False, *[True] * (size - 1)]
        assert Project.objects.filter(pk__in=[project.pk for project in ring], bundle_of=None).count() == 1
