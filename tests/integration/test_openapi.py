"""openapi.json describes exactly what the service does: schemathesis tests the service with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tools.stack import ROOT, Stack

HERE = Path(__file__).parent


def test_openapi_json_is_served_unchanged(stack: Stack) -> None:
    served = requests.get(f"{stack.url}/openapi.json", timeout=10)
    assert served.json() == json.loads((ROOT / "web" / "public" / "openapi.json").read_text())
    assert served.json()["openapi"].startswith("3.1.")


def test_schemathesis_finds_no_violation(stack: Stack, tmp_path: Path) -> None:
    result = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            f"{stack.url}/openapi.json",
            "--max-examples=50",
            "--seed=1",
            "--workers=1",  # two threads at once fail in ast.parse of Python 3.11, now and then
            "--request-timeout=20",
            "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.integration.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    if result.returncode != 0:
        pytest.fail(result.stdout[-8000:] + result.stderr[-2000:])
