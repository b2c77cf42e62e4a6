import math

import pytest

from benchmarks.capacity.soak import is_flat, slope_mib_an_hour

SECONDS = [5.0 * sample for sample in range(1, 121)]  # ten minutes


def test_slope_is_that_of_a_straight_line() -> None:
    assert slope_mib_an_hour(SECONDS, [400 + time_s / 60 for time_s in SECONDS]) == pytest.approx(60)
    assert slope_mib_an_hour(SECONDS, [400.0] * len(SECONDS)) == pytest.approx(0, abs=1e-6)


def test_memory_that_goes_up_and_down_is_flat() -> None:
    assert is_flat(SECONDS, [400 + 5 * math.sin(time_s / 7) for time_s in SECONDS])


def test_memory_that_falls_is_flat() -> None:
    assert is_flat(SECONDS, [400 - time_s / 10 for time_s in SECONDS])


def test_growth_while_warming_up_is_flat_and_later_growth_is_not() -> None:
    assert is_flat(SECONDS, [min(400.0, 250 + 2 * time_s) for time_s in SECONDS])
    assert not is_flat(SECONDS, [max(300.0, 300 + 0.05 * (time_s - 150)) for time_s in SECONDS])


def test_a_leak_of_a_mebibyte_a_minute_is_found_and_half_of_it_is_not() -> None:
    assert not is_flat(SECONDS, [400 + time_s / 60 for time_s in SECONDS])
    assert is_flat(SECONDS, [400 + time_s / 120 for time_s in SECONDS])
