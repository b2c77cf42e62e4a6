import numpy as np
import pytest

from benchmarks.capacity.autoscaler import Policy, Rules, Settings
from benchmarks.capacity.simulation import Deployment, Replica, simulate

REPLICA = Replica(per_second=100, busy_cores=1.0, requested_cores=2.0, start_s=20, queue=50)
FIXED = Settings(target_cores=0.5, min_replicas=4, max_replicas=4)


def test_traffic_below_capacity_loses_nothing_and_costs_what_is_kept() -> None:
    outcome = simulate([300.0] * 3600, REPLICA, FIXED)
    assert outcome.lost == 0
    assert outcome.arrived == 300 * 3600
    assert outcome.cpu_hours == pytest.approx(4 * 2.0)
    assert outcome.most == 4


def test_traffic_above_capacity_first_fills_the_queues_and_then_loses_the_rest() -> None:
    # 450 come and 400 are answered: 50 a second more wait until 4 × 50 do.
    assert simulate([450.0] * 4, REPLICA, FIXED).lost == 0
    assert simulate([450.0] * 15, REPLICA, FIXED).lost == pytest.approx(15 * 50 - 200)


def test_queues_are_worked_off() -> None:
    assert simulate([450.0] * 4 + [0.0] * 1 + [450.0] * 4, REPLICA, FIXED).lost == 0


def test_constant_traffic_settles_at_the_target() -> None:
    outcome = simulate([1000.0] * 1800, REPLICA, Settings(0.5, 1, 100), replicas=11)
    assert outcome.replicas[-1] == 20  # 1000 / 100 / 0.5


def test_a_step_is_lost_until_the_new_replicas_have_started() -> None:
    step = [400.0] * 600 + [1600.0] * 600
    slow, fast = (simulate(step, Replica(100, 1.0, 2.0, start, 50), Settings(0.5, 1, 100)) for start in (60, 5))
    assert slow.lost > 1.5 * fast.lost > 0


def test_the_autoscaler_sees_a_step_a_sample_later_than_it_is_there() -> None:
    step = [400.0] * 600 + [700.0] * 60
    outcome = simulate(step, Replica(100, 1.0, 2.0, 1, 50), Settings(0.5, 1, 100))
    assert outcome.replicas[38:43] == [8, 8, 8, 8, 14]  # from 600 s a sample, at 630 s the decision


def test_more_headroom_loses_less_and_costs_more() -> None:
    step = np.concatenate([np.full(600, 400.0), np.linspace(400, 2000, 120), np.full(900, 2000.0)])
    tight, loose = (simulate(step, REPLICA, Settings(target, 1, 200)) for target in (0.9, 0.4))
    assert loose.lost < tight.lost
    assert loose.cpu_hours > tight.cpu_hours


def test_replicas_that_leave_cost_their_time_to_end() -> None:
    down = Rules((Policy("Percent", 100, 15),), 0)
    outcome = simulate([0.0] * 30, REPLICA, Settings(0.5, 1, 10, down=down), replicas=10)
    # 15 s of ten, the 40 s of nine that leave, 15 s of one.
    assert outcome.cpu_hours == pytest.approx((15 * 10 + 40 * 9 + 15 * 1) * 2.0 / 3600)


def test_a_new_replica_is_missing_then_unready_then_seen() -> None:
    deployment = Deployment(2, start_s=40)
    deployment.scale(0, 5)
    seen = [deployment.seen(now_s, 0.5) for now_s in (15, 30, 45, 55)]
    assert [(x.ready, x.unready, x.missing) for x in seen] == [(2, 0, 3), (2, 3, 0), (2, 3, 0), (5, 0, 0)]


def test_replicas_answer_when_they_have_started() -> None:
    deployment = Deployment(2, start_s=40)
    deployment.scale(100, 5)
    assert [deployment.ready(now_s) for now_s in (100, 139, 140)] == [2, 2, 5]


def test_replicas_that_do_not_answer_yet_are_the_first_to_go() -> None:
    deployment = Deployment(10, start_s=40)
    deployment.scale(0, 14)
    deployment.scale(15, 12)
    assert (deployment.count, deployment.old) == (12, 10)
    deployment.scale(30, 9)
    assert (deployment.count, deployment.old) == (9, 9)
