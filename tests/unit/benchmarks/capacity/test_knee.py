import pytest

from benchmarks.capacity.knee import FACTOR, PRECISION, find_knee, missed
from benchmarks.load_generator import Measured


@pytest.mark.parametrize("limit", [3.0, 90.0, 250.0, 1234.0, 40_000.0])
def test_the_knee_is_found_from_below_and_from_above(limit: float) -> None:
    asked: list[float] = []

    def holds(rate: float) -> bool:
        asked.append(rate)
        return rate <= limit

    knee = find_knee(holds, first=100)
    assert limit / PRECISION <= knee <= limit
    assert len(asked) < 40
    assert knee in asked


def test_the_first_step_that_breaks_is_at_most_one_factor_beyond_one_that_held() -> None:
    asked: list[float] = []
    find_knee(lambda rate: asked.append(rate) or rate <= 500, first=100)  # type: ignore[func-returns-value]
    assert max(asked) <= 500 * FACTOR


def test_a_service_that_answers_nothing_in_time_has_no_knee() -> None:
    with pytest.raises(RuntimeError, match="Not even one"):
        find_knee(lambda _: False, first=100)


def test_what_meets_the_service_level_exactly_misses_nothing() -> None:
    assert missed(0.001, Measured(100, p50_ms=50, p95_ms=150, p99_ms=300, errors=1)) == []


def test_every_maximum_that_is_exceeded_is_named() -> None:
    slow = Measured(100, p50_ms=50, p95_ms=151, p99_ms=300, errors=2)
    assert missed(0.002, slow) == ["failure_ratio 0.002 > 0.001", "p95_ms 151 > 150"]
    inf = float("inf")
    assert len(missed(1, Measured(0, p50_ms=inf, p95_ms=inf, p99_ms=inf, errors=100))) == 4
