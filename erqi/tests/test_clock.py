"""The business date, and the mark of what a simulation makes."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.utils import timezone

from erqi.common import clock
from erqi.common.models import Simulated
from erqi.common.simulation import is_simulated, simulating

FIXED, BACK, FURTHER = date(2018, 9, 28), date(2018, 3, 1), date(2017, 3, 1)


@pytest.fixture
def fixed(settings):
    settings.FIXED_TODAY = FIXED


def test_a_day_of_its_own_wins_over_the_fixed_date_within_its_block_only(fixed):
    assert clock.today() == FIXED
    with clock.at(BACK):
        assert clock.today() == BACK
        with clock.at(FURTHER):
            assert clock.today() == FURTHER
        assert clock.today() == BACK
        assert clock.fixed_today() == FIXED
    assert clock.today() == FIXED


@pytest.mark.django_db
def test_a_day_of_its_own_wins_over_the_calendar():
    with clock.at(BACK):
        assert clock.today() == BACK
    assert abs(clock.today() - timezone.localdate()) <= timedelta(days=1)


def test_the_day_ends_with_an_error_too(fixed):
    with pytest.raises(KeyError), clock.at(BACK):
        raise KeyError
    assert clock.today() == FIXED


def test_another_thread_knows_nothing_of_the_day_or_the_simulation(fixed):
    seen = []
    with clock.at(BACK), simulating():
        other = Thread(target=lambda: seen.append((clock.today(), is_simulated())))
        other.start()
        other.join()
    assert seen == [(FIXED, False)]


def test_a_simulation_is_known_within_its_block_only():
    assert not is_simulated()
    with simulating():
        with simulating():
            assert is_simulated()
        assert is_simulated()
    assert not is_simulated()


def test_a_simulation_ends_with_an_error_too():
    with pytest.raises(KeyError), simulating():
        raise KeyError
    assert not is_simulated()


def test_what_a_simulation_makes_is_marked_by_the_fields_default():
    mark = Simulated._meta.get_field("simulated")
    assert mark.get_default() is False
    with simulating():
        assert mark.get_default() is True
    assert mark.get_default() is False
    assert not mark.editable
