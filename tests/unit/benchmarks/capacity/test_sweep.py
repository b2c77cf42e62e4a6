from dataclasses import replace

import pytest

from benchmarks.capacity.autoscaler import Policy, Rules
from benchmarks.capacity.simulation import Replica
from benchmarks.capacity.sweep import (
    CROWD_LOST_SHARE,
    LOST_SHARE,
    Choice,
    Result,
    best,
    choices,
    front,
    measure,
    neighbours,
)

CHOICE = Choice(0.7, 0.15, "100 % / 15 s", 0, "10 % / 60 s", 300)
REPLICA = Replica(per_second=100, busy_cores=1.2, requested_cores=1.2, start_s=20, queue=50)


def result(cost: float, crowd_lost: float, day_lost: float = 0.0, **changes: float) -> Result:
    return Result(replace(CHOICE, **changes), cost, day_lost, cost / 10, crowd_lost)  # type: ignore[arg-type]


def test_a_choice_means_an_autoscaler() -> None:
    settings = CHOICE.settings(REPLICA, peak=2000)
    assert settings.target_cores == pytest.approx(0.7 * 1.2)
    assert settings.min_replicas == 3  # 15 % of 20
    assert settings.max_replicas >= 20 / 0.7
    assert settings.up == Rules((Policy("Percent", 100, 15),), 0)
    assert settings.down == Rules((Policy("Percent", 10, 60),), 300)


def test_two_replicas_are_the_least_whatever_the_peak() -> None:
    assert CHOICE.settings(REPLICA, peak=50).min_replicas == 2


def test_best_is_the_cheapest_that_keeps_both_levels() -> None:
    good = result(100, CROWD_LOST_SHARE)
    others = [result(200, 0.0), result(50, 2 * CROWD_LOST_SHARE), result(40, 0.0, day_lost=2 * LOST_SHARE)]
    assert best([*others, good]) == good


def test_of_costs_that_are_alike_the_more_patient_is_best() -> None:
    nervous, patient = result(100, 0.0, down_window_s=60), result(104, 0.0, down_window_s=900)
    assert best([nervous, patient]) == patient
    assert best([nervous, replace(patient, day_cpu_hours=110)]) == nervous


def test_where_every_crowd_loses_too_much_the_least_loss_is_best() -> None:
    least = result(300, 3 * CROWD_LOST_SHARE)
    assert best([result(100, 5 * CROWD_LOST_SHARE), least]) == least


def test_front_has_what_nothing_beats() -> None:
    cheap, middle, dear = result(1, 0.3), result(2, 0.1), result(3, 0.0)
    beaten, unfit = result(2.5, 0.2), result(0.5, 0.0, day_lost=1.0)
    assert front([dear, beaten, cheap, unfit, middle]) == [cheap, middle, dear]


def test_neighbours_differ_in_one_setting() -> None:
    results = [Result(choice, 1, 0, 1, 0) for choice in choices()]
    for axis, near in neighbours(results, CHOICE):
        assert replace(near.choice, **{axis: getattr(CHOICE, axis)}) == CHOICE
    assert len({near.choice for _, near in neighbours(results, CHOICE)}) > 10


def test_a_combination_is_measured_on_both_kinds_of_traffic() -> None:
    measured = measure(CHOICE, REPLICA, 2000)
    assert measured.day_cpu_hours > 24 * 3 * 1.2
    assert measured.day_lost_share < LOST_SHARE
    assert 0 < measured.crowd_cpu_hours < measured.day_cpu_hours
