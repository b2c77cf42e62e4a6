"""The autoscaler against cases computed by hand from Kubernetes' documented algorithm."""

import pytest
import yaml

from benchmarks.capacity.autoscaler import DOWN, UP, Autoscaler, Policy, Rules, Seen, Settings, wanted
from tools.stack import ROOT

SETTINGS = Settings(target_cores=0.5, min_replicas=1, max_replicas=100)
FAST_DOWN = Rules((Policy("Percent", 100, 15),), 0)


def scaler(**changes: object) -> Autoscaler:
    return Autoscaler(Settings(**{"target_cores": 0.5, "min_replicas": 1, "max_replicas": 100, **changes}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("replicas", "mean_cores", "expected"),
    [
        (4, 1.0, 8),  # ratio 2
        (4, 0.25, 2),  # ratio 0.5
        (3, 0.6, 4),  # ceil(3 × 1.2) = ceil(3.6)
        (10, 0.551, 12),  # ceil(10 × 1.102) = ceil(11.02)
        (7, 0.3, 5),  # ceil(7 × 0.6) = ceil(4.2)
        (5, 0.0, 0),
    ],
)
def test_replicas_follow_the_ratio_of_usage_to_target_rounded_up(
    replicas: int, mean_cores: float, expected: int
) -> None:
    assert wanted(SETTINGS, replicas, Seen(replicas, mean_cores)) == expected


@pytest.mark.parametrize("mean_cores", [0.45, 0.46, 0.5, 0.54, 0.549])
def test_a_tenth_more_or_less_changes_nothing(mean_cores: float) -> None:
    assert wanted(SETTINGS, 20, Seen(20, mean_cores)) == 20


def test_pods_that_start_count_as_idle_when_more_are_wanted() -> None:
    # 4 at ratio 2 and 2 at 0: 8 / 6 = 1.33 of the target, 6 × 1.33 = 8 pods; without them it would be 8 beside the 2.
    assert wanted(SETTINGS, 6, Seen(4, 1.0, unready=2)) == 8


def test_pods_that_start_hold_a_scale_up_that_they_will_satisfy() -> None:
    # 4 at ratio 1.5 and 2 at 0: exactly the target.
    assert wanted(SETTINGS, 6, Seen(4, 0.75, unready=2)) == 6


def test_pods_that_start_never_turn_a_scale_up_into_a_scale_down() -> None:
    # 4 at ratio 1.2 and 4 at 0: 0.6 of the target, which would be 5 of 8.
    assert wanted(SETTINGS, 8, Seen(4, 0.6, unready=4)) == 8


def test_pods_that_start_are_left_out_when_fewer_are_wanted() -> None:
    assert wanted(SETTINGS, 6, Seen(4, 0.25, unready=2)) == 2  # ceil(4 × 0.5)


def test_pods_that_start_do_not_make_those_that_are_nearly_on_target_too_many() -> None:
    assert wanted(SETTINGS, 6, Seen(4, 0.475, unready=2)) == 6  # 0.95 of the target: within a tenth


def test_surplus_pods_never_turn_a_scale_down_into_a_scale_up() -> None:
    # Ten pods, six are asked for: (8 × 0.8 + 2) / 10 = 0.84 of the target would keep nine.
    assert wanted(SETTINGS, 6, Seen(8, 0.4, missing=2)) == 6


def test_pods_without_a_sample_count_as_idle_when_more_are_wanted() -> None:
    assert wanted(SETTINGS, 5, Seen(4, 1.0, missing=1)) == 8  # (8 + 0) / 5 = 1.6, 5 × 1.6


def test_pods_without_a_sample_count_as_on_target_when_fewer_are_wanted() -> None:
    assert wanted(SETTINGS, 10, Seen(8, 0.25, missing=2)) == 6  # (8 × 0.5 + 2) / 10 = 0.6
    assert wanted(SETTINGS, 10, Seen(8, 0.44, missing=2)) == 10  # (8 × 0.88 + 2) / 10 = 0.904: within a tenth


def test_without_any_sample_that_counts_nothing_changes() -> None:
    assert wanted(SETTINGS, 7, Seen(0, 0.0, unready=3, missing=4)) == 7


def test_scaling_up_is_limited_to_doubling_or_four_pods_in_a_period() -> None:
    assert scaler().sync(0, 2, Seen(2, 5.0)) == 6  # 20 wanted, 2 + 4
    assert scaler().sync(0, 10, Seen(10, 5.0)) == 20  # 100 wanted, twice 10


def test_a_policy_counts_from_the_replicas_at_the_begin_of_its_period() -> None:
    slow = scaler(up=Rules((Policy("Pods", 6, 60),), 0))
    replicas, seen = 10, []
    for now_s in range(0, 76, 15):
        replicas = slow.sync(now_s, replicas, Seen(replicas, 0.7))  # ratio 1.4: 14, then 20, …
        seen.append(replicas)
    # 4 of the 6 at once, 2 more, none until the first 4 are a minute old, then 4, then the 2.
    assert seen == [14, 16, 16, 16, 20, 22]


def test_scaling_down_is_limited_by_its_policy() -> None:
    slow = scaler(down=Rules((Policy("Pods", 1, 60),), 0))
    assert [slow.sync(now_s, count, Seen(count, 0.1)) for now_s, count in ((0, 10), (15, 9), (60, 9))] == [9, 9, 8]
    halved = scaler(down=Rules((Policy("Percent", 50, 15),), 0))
    assert halved.sync(0, 9, Seen(9, 0.0)) == 4  # 4.5, cut off


def test_scaling_down_waits_for_the_most_that_was_recommended_in_its_window() -> None:
    patient = scaler(down=Rules(FAST_DOWN.policies, 300))
    assert patient.sync(0, 10, Seen(10, 0.5)) == 10
    for now_s in range(15, 300, 15):
        assert patient.sync(now_s, 10, Seen(10, 0.2)) == 10
    assert patient.sync(300, 10, Seen(10, 0.2)) == 4


def test_scaling_up_waits_for_the_least_that_was_recommended_in_its_window() -> None:
    patient = scaler(up=Rules(UP.policies, 30))
    assert patient.sync(0, 10, Seen(10, 0.5)) == 10
    assert patient.sync(15, 10, Seen(10, 0.9)) == 10
    assert patient.sync(30, 10, Seen(10, 0.7)) == 14  # 18 and 14 were recommended within the window
    assert patient.sync(45, 14, Seen(14, 0.7)) == 14  # 14 of the last time and 20 now


def test_limits_hold_whatever_is_wanted() -> None:
    assert scaler(max_replicas=5).sync(0, 4, Seen(4, 5.0)) == 5
    assert scaler(min_replicas=3, down=FAST_DOWN).sync(0, 8, Seen(8, 0.0)) == 3
    assert scaler(min_replicas=3).sync(0, 1, Seen(1, 0.5)) == 3


def test_a_manifest_is_read_with_kubernetes_defaults() -> None:
    spec = {
        "minReplicas": 2,
        "maxReplicas": 9,
        "metrics": [{"resource": {"target": {"averageValue": "650m"}}}],
        "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 3, "periodSeconds": 30}]}},
    }
    expected = Settings(0.65, 2, 9, Rules((Policy("Pods", 3, 30),), 0), DOWN)
    assert Settings.from_manifest({"spec": spec}) == expected


def test_our_own_manifest_can_be_read() -> None:
    path = ROOT / "k8s" / "base" / "torchserve" / "horizontalpodautoscaler.yaml"
    settings = Settings.from_manifest(yaml.safe_load(path.read_text()))
    assert settings.min_replicas >= 2
    assert settings.down.stabilization_s > settings.up.stabilization_s
