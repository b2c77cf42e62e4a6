"""The JSON file of a measurement, and what it says about where and how it was measured."""

import importlib.metadata
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tools.stack import ROOT

RESULTS = ROOT / "benchmarks" / "results"
PEER_BIN = ROOT / ".venv-benchmark" / "bin"
SERVING = ("torchserve", "torch", "onnxruntime", "numpy", "pillow")
PROGRAMS = {"java": "-version", "nginx": "-v", "wrk": "-v"}
PEERS = ("fastapi", "uvicorn", "litserve", "bentoml", "Flask", "gunicorn", "matplotlib")


def origin(module: str) -> dict[str, Any]:
    """Return the command, the time, and how many processes wanted a core in the minute before."""
    return {
        "command": shlex.join(["python", "-m", module, *sys.argv[1:]]),
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "load_average": round(os.getloadavg()[0], 1),
    }


def machine() -> dict[str, Any]:
    """Return the hardware and the kernel."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {"cpu": cpu[1] if cpu else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release()}


def versions() -> dict[str, str]:
    """Return the versions of this service's parts and of wrk, if it is installed."""
    return {
        "python": platform.python_version(),
        **{name: _version(name, option) for name, option in PROGRAMS.items() if shutil.which(name)},
        **{name: importlib.metadata.version(name) for name in SERVING},
    }


def peer_versions() -> dict[str, str]:
    """Return the versions of the other servers, which have a virtual environment of their own."""
    script = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]))"
    command = [str(PEER_BIN / "python"), "-c", script, *PEERS]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(PEERS, found, strict=True))


def read(path: Path) -> dict[str, Any]:
    """Read a record; an empty one if there is none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def write(path: Path, record: dict[str, Any]) -> None:
    """Write a record completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def _version(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\w.+-]*", ended.stderr + ended.stdout)
    return found[0] if found else "unknown"
