"""From measurements to the values in k8s/base: requests, limits and the autoscalers' targets."""

import math
import re
from typing import Any

import yaml

from handler.preprocessing.limits import DECODER_BYTES
from tools.stack import ROOT

Values = dict[str, Any]

BASE = ROOT / "k8s" / "base"
CPU_STEP_M = 50  # millicores
REQUEST_STEP_MIB, LIMIT_STEP_MIB = 64, 256
ROOM = 1.2  # of a memory request, over the most that was measured
# Of the CPU at the knee: the replicas that are there can take 1 / 0.7, that is 43 % more load, until others answer.
# A real autoscaler added one about 60 s after the load began. Where load grows faster, raise minReplicas or lower this.
TARGET = 0.7


def derive(measured: dict[str, Any]) -> Values:
    """Return the values of k8s/base that follow from the measurements.

    torchserve: CPU requested is what a replica uses at its knee, and its limit the next whole number of cores above the
    most it ever used. The autoscaler's target is TARGET of the former. Memory requested is the most under load, with
    ROOM; its limit is all that Java may take (torchserve/entrypoint), Java itself, the workers, and all that the
    decoder of one of them may take. Workers that the measured replica did not have are added.
    web: nginx's CPU for as many replicas as there may be at their target, divided by as many web pods as there may be.

    Args:
        measured: docs/capacity.json.
    """
    knee = measured["knee"]
    busy = knee["replica_cores"]
    memory = measured["replica"]["mib"]
    worker_mib = memory["batches of 256"]["worker"] / measured["replica"]["workers"]
    added_mib = (pools() - measured["replica"]["workers"]) * worker_mib
    most_mib = max(measured["soak"]["most_mib"], memory["drawings"]["all"]) + added_mib
    own_mib = memory["at rest"]["front end"] + pools() * worker_mib
    bound_mib = java_bound_mib() + own_mib + (DECODER_BYTES >> 20)
    web_m = _up(1000 * knee["cores"]["nginx"] * TARGET * _most("torchserve") / _most("web"), CPU_STEP_M)
    return {
        "torchserve": {
            "requests": {
                "cpu": _millicores(_up(1000 * busy, CPU_STEP_M)),
                "memory": _mebibytes(_up(ROOM * most_mib, REQUEST_STEP_MIB)),
            },
            "limits": {
                "cpu": str(math.ceil(knee["most_replica_cores"])),
                "memory": _mebibytes(_up(bound_mib, LIMIT_STEP_MIB)),
            },
            "averageValue": _millicores(_down(1000 * TARGET * busy, CPU_STEP_M)),
        },
        "web": {
            "requests": {
                "cpu": _millicores(web_m),
                "memory": _mebibytes(_up(ROOM * knee["mib"]["nginx"], REQUEST_STEP_MIB)),
            },
            "averageValue": _millicores(2 * web_m),
        },
    }


def in_manifests() -> Values:
    """Return the same values as k8s/base has them."""
    values = {name: _of_service(name) for name in ("torchserve", "web")}
    web = values["web"]
    del web["limits"]  # not derived from measurements
    return values


def _of_service(name: str) -> Values:
    deployment, autoscaler = _manifest(name, "deployment"), _manifest(name, "horizontalpodautoscaler")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    [metric] = autoscaler["spec"]["metrics"]
    resources = {
        kind: {what: str(amount) for what, amount in amounts.items() if what != "ephemeral-storage"}
        for kind, amounts in container["resources"].items()
    }
    return {
        **resources,
        "averageValue": metric["resource"]["target"]["averageValue"],
    }


def differences(derived: Values, present: Values, where: str = "") -> list[str]:
    """Return where two sets of values differ, in words."""
    found = []
    for key in sorted({*derived, *present}):
        mine, theirs = derived.get(key), present.get(key)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            found += differences(mine, theirs, f"{where}{key}.")
        elif mine != theirs:
            found.append(f"{where}{key}: {mine} follows from the record, {theirs} is in k8s/base")
    return found


def java_bound_mib() -> int:
    """Return what torchserve/entrypoint lets Java take: its heap and its direct memory."""
    script = (ROOT / "torchserve" / "entrypoint").read_text()
    return sum(map(int, re.findall(r"(?:-Xmx|MaxDirectMemorySize=)(\d+)m\b", script)))


def pools() -> int:
    """Return how many names the archive has in TorchServe. In a container each has one worker."""
    properties = (ROOT / "torchserve" / "config.properties").read_text()
    [names] = re.findall(r"^load_models=(.+)$", properties, re.MULTILINE)
    return len(names.split(","))


def _manifest(service: str, kind: str) -> Values:
    return dict(yaml.safe_load((BASE / service / f"{kind}.yaml").read_text()))


def _most(service: str) -> int:
    return int(_manifest(service, "horizontalpodautoscaler")["spec"]["maxReplicas"])


def _up(amount: float, step: int) -> int:
    return step * math.ceil(round(amount / step, 6))


def _down(amount: float, step: int) -> int:
    return step * math.floor(round(amount / step, 6))


def _millicores(amount: int) -> str:
    return str(amount // 1000) if amount % 1000 == 0 else f"{amount}m"


def _mebibytes(amount: int) -> str:
    return f"{amount // 1024}Gi" if amount % 1024 == 0 else f"{amount}Mi"
