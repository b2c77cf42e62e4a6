"""A disk without room for logs costs the logs, not the service."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE, post
from tests.waiting import wait_until
from tools.stack import Stack, ready_stack


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of its own on a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Write a file that leaves no room; return it."""
    path = disk / "filler"
    for size in (1 << 16, 1):
        with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
            while file.write(bytes(size)):
                pass
    return path


def metric(stack: Stack, name: str) -> float:
    """Return the sum of a metric's samples."""
    url = f"http://127.0.0.1:{stack.ports['NGINX_METRICS_PORT']}/metrics"
    lines = requests.get(url, timeout=10).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_full_disk_is_seen_in_the_metrics_and_small_requests_are_answered(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    with small_disk(tmp_path) as disk, ready_stack(RUN_DIR=str(disk), WORKERS="1") as stack:
        assert metric(stack, "digits_disk_writable") == 1
        assert post(stack, SINGLE, drawings.seven()).status_code == 200
        wait_until(lambda: metric(stack, "digits_requests_total") == 1)
        filler = fill(disk)
        assert metric(stack, "digits_disk_writable") == 0
        for _ in range(300):
            assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
        assert stack.is_ready()
        assert stack.process.poll() is None
        filler.unlink()
        assert metric(stack, "digits_disk_writable") == 1
        counted = metric(stack, "digits_requests_total")
        post(stack, SINGLE, drawings.seven())
        wait_until(lambda: metric(stack, "digits_requests_total") > counted)
