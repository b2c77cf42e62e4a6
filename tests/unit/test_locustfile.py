"""The load test as locust runs it: what it is made of, and when it fails.

In processes of their own, for locust replaces Python's sockets and threads wherever it is imported.
"""

import json
import os
import subprocess
import sys

import pytest

from tools.stack import ROOT

# Times are given in ms; locust's own statistics round them to two digits.
GATE = """
import json, os, sys
import locustfile
from locust.env import Environment

environment = Environment()
for name, milliseconds in json.loads(sys.argv[1]):
    environment.stats.log_request("POST", name, milliseconds, 900)
for name in json.loads(sys.argv[2]):
    environment.stats.log_error("POST", name, "a 7 was read as 1")
locustfile.hold_to_service_level(environment)
print(environment.process_exit_code)
"""
SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"


def run(*command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **settings}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def exit_code(requests: list[tuple[str, float]], errors: list[str] | None = None, **settings: str) -> tuple[int, str]:
    """Return the exit code that a test with these figures would have, and what it would say."""
    ended = run("-c", GATE, json.dumps(requests), json.dumps(errors or []), **settings)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout), ended.stderr


def test_locust_finds_the_people_and_the_programs() -> None:
    listed = run("-m", "locust", "--locustfile", "locustfile.py", "--list")
    assert {"Person", "Program"} <= set((listed.stdout + listed.stderr).split())


def test_fast_service_passes() -> None:
    assert exit_code([(SINGLE, 10)] * 100) == (0, "")


@pytest.mark.parametrize(
    ("requests", "missed"),
    [
        ([(SINGLE, 10)] * 49 + [(SINGLE, 60)] * 51, "p50"),
        ([(SINGLE, 10)] * 94 + [(SINGLE, 200)] * 6, "p95"),
        ([(SINGLE, 10)] * 98 + [(SINGLE, 400)] * 2, "p99"),
    ],
)
def test_slow_service_fails_by_the_percentile_that_is_missed(requests: list[tuple[str, float]], missed: str) -> None:
    code, said = exit_code(requests)
    assert (code, said.count("Service level missed")) == (1, 1)
    assert missed in said


def test_slow_batches_are_no_breach() -> None:
    assert exit_code([(SINGLE, 10)] * 90 + [(BATCH, 900)] * 10) == (0, "")


def test_too_many_failures_of_any_kind_fail() -> None:
    code, said = exit_code([(SINGLE, 10)] * 500 + [(BATCH, 10)] * 500, [BATCH])
    assert code == 0, said
    code, said = exit_code([(SINGLE, 10)] * 500 + [(BATCH, 10)] * 500, [BATCH] * 2)
    assert code == 1
    assert "failed" in said


def test_load_that_reached_nothing_fails() -> None:
    code, said = exit_code([])
    assert code == 1
    assert "no single recognition" in said


def test_service_level_can_be_set() -> None:
    assert exit_code([(SINGLE, 400)] * 10, SLO_P50_MS="500", SLO_P95_MS="500", SLO_P99_MS="500") == (0, "")
