import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.usage import kind_of, replica_sum, usage

BUSY = "import time\nheld = bytearray(50 << 20)\nwhile time.process_time() < 0.4: pass\ntime.sleep(60)"


@contextlib.contextmanager
def busy(script: Path, content: str = BUSY) -> Iterator[psutil.Process]:
    """Run a script until it has used some CPU."""
    script.write_text(content)
    process = subprocess.Popen([sys.executable, str(script), "java", "nginx"])
    try:
        watched = psutil.Process(process.pid)
        while sum(sum(each.cpu_times()[:2]) for each in [watched, *watched.children()]) < 0.3:
            time.sleep(0.05)
        yield watched
    finally:
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.kill()
        process.wait()


@pytest.mark.parametrize(("name", "kind"), [("model_service_worker.py", "worker"), ("other.py", None)])
def test_a_process_is_known_by_its_first_words(tmp_path: Path, name: str, kind: str | None) -> None:
    with busy(tmp_path / name) as process:
        found = usage([process])
        assert kind_of(process) == kind
        assert (0.2 < found.cpu_s["worker"] < 5) == (kind is not None)
        assert (50 < found.mib["worker"] < 150) == (kind is not None)
        assert found.cpu_s["front end"] == found.mib["front end"] == 0


@pytest.mark.parametrize(
    ("name", "kind"), [("uvicorn", "uvicorn"), ("model_service_worker.py", "worker"), ("java", None)]
)
def test_children_of_uvicorn_and_of_workers_count_with_them(tmp_path: Path, name: str, kind: str | None) -> None:
    spawn = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    with busy(tmp_path / name, spawn) as parent:
        [child] = parent.children()
        assert kind_of(child) == kind


def test_a_process_that_has_ended_counts_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    watched = psutil.Process(process.pid)
    process.wait()
    assert sum(usage([watched]).mib.values()) == 0


def test_a_replica_is_its_worker_and_its_front_end() -> None:
    assert replica_sum({"worker": 1.0, "front end": 2.0, "nginx": 4.0, "client": 8.0}) == 3.0
