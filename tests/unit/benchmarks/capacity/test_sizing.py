import copy
import json
import math
from typing import Any

import pytest

from benchmarks.capacity import sizing
from handler.preprocessing.limits import DECODER_BYTES
from tools.stack import ROOT

MEASURED: dict[str, Any] = {
    "knee": {
        "replica_cores": 1.13,
        "most_replica_cores": 1.31,
        "cores": {"nginx": 0.1},
        "mib": {"nginx": 30.0},
    },
    "soak": {"most_mib": 410.0},
    "replica": {
        "workers": 2,
        "mib": {
            "at rest": {"front end": 130.0},
            "drawings": {"all": 680.0},
            "batches of 256": {"worker": 560.0},
        },
    },
}


def derived(**knee: float) -> sizing.Values:
    measured = copy.deepcopy(MEASURED)
    measured["knee"].update(knee)
    return sizing.derive(measured)


def test_k8s_base_has_the_values_that_follow_from_the_committed_measurements() -> None:
    measured = json.loads((ROOT / "docs" / "capacity.json").read_text())
    assert sizing.differences(sizing.derive(measured), sizing.in_manifests()) == []


def test_a_replica_requests_the_cpu_of_its_knee_and_is_limited_to_whole_cores() -> None:
    assert derived()["torchserve"]["requests"]["cpu"] == "1150m"
    assert derived()["torchserve"]["limits"]["cpu"] == "2"
    assert derived(replica_cores=1.0)["torchserve"]["requests"]["cpu"] == "1"
    assert derived(most_replica_cores=0.97)["torchserve"]["limits"]["cpu"] == "1"


def test_the_target_is_seven_tenths_of_the_knees_cpu_rounded_down() -> None:
    assert derived()["torchserve"]["averageValue"] == "750m"  # 0.7 × 1130 = 791


def test_a_busy_replica_makes_the_autoscaler_add_one() -> None:
    # With one replica and 16 clients without pause, a Kubernetes 1.36 autoscaler saw 913m, and went to two replicas.
    target_m = int(sizing.in_manifests()["torchserve"]["averageValue"].removesuffix("m"))
    assert 913 / target_m > 1.1  # the autoscaler's tolerance
    assert math.ceil(1 * 913 / target_m) == 2


def test_memory_requested_is_what_was_measured_with_room_and_its_limit_all_that_may_be_taken() -> None:
    assert derived()["torchserve"]["requests"]["memory"] == "832Mi"  # 680 × 1.2 = 816
    assert sizing.java_bound_mib() >= 64
    bound = sizing.java_bound_mib() + 130 + 560 + (DECODER_BYTES >> 20)
    limit = derived()["torchserve"]["limits"]["memory"]
    mib = int(limit[:-2]) * {"Mi": 1, "Gi": 1024}[limit[-2:]]
    assert bound <= mib < bound + 256


def test_a_worker_that_the_measured_replica_did_not_have_is_added() -> None:
    measured = copy.deepcopy(MEASURED)
    measured["replica"]["workers"] = 1
    measured["replica"]["mib"]["drawings"]["all"] = 400.0
    measured["replica"]["mib"]["batches of 256"]["worker"] = 280.0
    assert sizing.derive(measured) == derived()


def test_web_requests_its_share_of_all_replicas_at_their_target() -> None:
    # 0.1 core × 0.7 of the knee × 10 replicas for 4 of web: 175m each, rounded up.
    assert derived()["web"] == {"requests": {"cpu": "200m", "memory": "64Mi"}, "averageValue": "400m"}


def test_differences_name_the_value() -> None:
    mine = {"torchserve": {"limits": {"cpu": "2"}, "averageValue": "650m"}}
    assert sizing.differences(mine, copy.deepcopy(mine)) == []
    theirs = {"torchserve": {"limits": {"cpu": "1"}, "averageValue": "650m"}}
    assert sizing.differences(mine, theirs) == ["torchserve.limits.cpu: 2 follows from the record, 1 is in k8s/base"]
    [missing] = sizing.differences(mine, {"torchserve": {"limits": {"cpu": "2"}}})
    assert missing.startswith("torchserve.averageValue: 650m")


@pytest.mark.parametrize("service", ["torchserve", "web"])
def test_manifests_are_read_where_they_have_the_values(service: str) -> None:
    found = sizing.in_manifests()[service]
    assert found["averageValue"].endswith("m")
    assert found["requests"].keys() == {"cpu", "memory"}
