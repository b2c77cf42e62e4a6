"""The load test against the real service, alone in an empty folder, as a stock locust image runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.integration.api import BATCH, SINGLE
from tools.stack import ROOT, Stack

# This tests the answers. How fast they are depends on what else runs on this machine.
NO_TIME_LIMIT = {f"SLO_P{percent}_MS": "60000" for percent in (50, 95, 99)}


def test_people_and_programs_get_right_answers(stack: Stack, tmp_path: Path) -> None:
    shutil.copy(ROOT / "locustfile.py", tmp_path)
    command = [sys.executable, "-I", "-m", "locust", "--headless", "--json", "--host", stack.url]
    settings = {"USERS": "20", "DURATION_S": "6", **NO_TIME_LIMIT}
    ended = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    requests = {entry["name"]: entry for entry in json.loads(ended.stdout)}
    assert requests[SINGLE]["num_requests"] > 20
    assert requests[BATCH]["num_requests"] > 2
    assert sum(entry["num_failures"] for entry in requests.values()) == 0
