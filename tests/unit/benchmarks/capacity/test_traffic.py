import numpy as np
import pytest

from benchmarks.capacity.traffic import DAY_S, TROUGH, diurnal, flash_crowd


def test_a_day_is_quiet_at_night_and_busiest_in_the_afternoon() -> None:
    day = diurnal(1000)
    assert len(day) == DAY_S
    assert day.max() == pytest.approx(1000)
    hourly = day.reshape(24, 3600).mean(axis=1)
    assert int(hourly.argmax()) in (14, 15, 16, 17)
    assert int(hourly.argmin()) in (3, 4, 5)
    assert hourly.min() == pytest.approx(hourly.max() * TROUGH, rel=0.15)


def test_a_day_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert np.array_equal(diurnal(10, seed=3), diurnal(10, seed=3))
    assert not np.array_equal(diurnal(10, seed=3), diurnal(10, seed=4))


def test_a_day_changes_from_minute_to_minute_and_not_from_second_to_second() -> None:
    day = diurnal(1000)
    assert np.abs(np.diff(day)).max() < 40
    assert np.abs(day[60:] - day[:-60]).max() > 80


def test_a_flash_crowd_comes_within_its_rise_stays_and_goes() -> None:
    crowd = flash_crowd(1000, quiet=0.2, rise_s=60, hold_s=300)
    assert crowd[1800] == pytest.approx(200)
    assert crowd[1830] == pytest.approx(600)
    assert set(crowd[1860:2160].round(6)) == {1000}
    assert crowd[2160 + 300] == pytest.approx(600)  # half of those who came on top
    assert crowd[-1] < 250
