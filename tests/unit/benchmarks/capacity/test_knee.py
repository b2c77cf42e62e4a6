import pytest

from benchmarks.capacity.knee import FACTOR, PRECISION, find_knee
from benchmarks.slo import ServiceLevel


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


def test_service_level_says_what_is_missed_and_nothing_else() -> None:
    level = ServiceLevel(failure_ratio=0.01, p50_ms=10, p95_ms=20, p99_ms=30)
    assert level.missed(0.01, {50: 10, 95: 20, 99: 30}) == []
    assert level.missed(0.02, {50: 5, 95: 21, 99: 30}) == [
        "2.00% of the requests failed, 1.00% may",
        "p95 is 21 ms, 20 ms are allowed",
    ]
