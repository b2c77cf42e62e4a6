import json
from typing import Any

import pytest

from benchmarks import summary
from tools.stack import ROOT


def measurement(server: str, per_second: float, p99_ms: float = 1.0, **changes: Any) -> dict[str, Any]:
    times = {"p50_ms": p99_ms / 2, "p95_ms": p99_ms, "p99_ms": p99_ms}
    return {"server": server, "work": "page", "clients": 32, "per_second": per_second, **times, "errors": 1, **changes}


def test_ratios_are_taken_within_a_round_and_then_their_median() -> None:
    fastapi = "FastAPI, 2 workers"
    pairs = [(100, 50), (300, 100), (40, 10)]  # 2, 3 and 4
    rounds = [x for ours, theirs in pairs for x in (measurement(summary.OURS, ours), measurement(fastapi, theirs))]
    found = summary.ratios(rounds)["throughput_to_best_peer"]
    assert (found["median"], found["rounds"], found["against"]) == (3, [2, 3, 4], fastapi)


def test_the_best_peer_has_the_highest_throughput_and_the_lowest_p99() -> None:
    many, quick = measurement("LitServe", 200, 40), measurement("BentoML", 100, 10)
    found = summary.ratios([measurement(summary.OURS, 400, 20), many, quick])
    assert (found["throughput_to_best_peer"]["against"], found["throughput_to_best_peer"]["median"]) == ("LitServe", 2)
    assert (found["p99_to_best_peer"]["against"], found["p99_to_best_peer"]["median"]) == ("BentoML", 2)


def test_a_ratio_without_its_other_server_is_left_out() -> None:
    assert summary.ratios([measurement(summary.OURS, 400)]) == {}


def test_medians_keep_work_and_load_apart_and_add_up_errors() -> None:
    rounds = [measurement(summary.OURS, per_second, clients=8) for per_second in (10, 30, 20)]
    open_loop = {**measurement(summary.OURS, 99, p99_ms=4.0), "rate": 100}
    found = summary.medians([*rounds, open_loop, measurement(summary.OURS, 5, clients=1)])[summary.OURS]["page"]
    assert list(found) == ["8 clients", "100/s", "1 client"]
    assert (found["8 clients"]["per_second"], found["8 clients"]["errors"]) == (20, 3)
    assert found["100/s"]["p99_ms"] == pytest.approx(4)


def test_the_published_summary_is_that_of_the_published_measurements() -> None:
    published = json.loads((ROOT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    assert summary.of(published["measurements"]) == {name: published[name] for name in ("ratios", "medians")}
    assert published["ratios"].keys() == summary.RATIOS.keys()
