import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.capacity.usage import kind_of, replica_sum, usage

BUSY = "import time\nheld = bytearray(50 << 20)\nwhile time.process_time() < 0.4: pass\ntime.sleep(60)"


@pytest.mark.parametrize(("name", "kind"), [("model_service_worker.py", "worker"), ("other.py", None)])
def test_a_process_is_known_by_its_first_words(tmp_path: Path, name: str, kind: str | None) -> None:
    script = tmp_path / name
    script.write_text(BUSY)
    process = subprocess.Popen([sys.executable, str(script), "java", "nginx"])
    try:
        watched = psutil.Process(process.pid)
        while sum(watched.cpu_times()[:2]) < 0.3:
            time.sleep(0.05)
        found = usage([watched])
        assert kind_of(watched) == kind
        assert (0.2 < found.cpu_s["worker"] < 5) == (kind is not None)
        assert (50 < found.mib["worker"] < 150) == (kind is not None)
        assert found.cpu_s["front end"] == found.mib["front end"] == 0
    finally:
        process.kill()
        process.wait()


def test_a_process_that_has_ended_counts_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    watched = psutil.Process(process.pid)
    process.wait()
    assert sum(usage([watched]).mib.values()) == 0


def test_a_replica_is_its_worker_and_its_front_end() -> None:
    assert replica_sum({"worker": 1.0, "front end": 2.0, "nginx": 4.0, "client": 8.0}) == 3.0
