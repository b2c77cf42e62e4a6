"""How requests come together: nobody waits for others, and what waits goes together."""

import json
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests import drawings
from tests.integration.api import SINGLE, post
from tools.stack import ROOT, Stack, ready_stack

DELAY_S = 20


def repack(target: Path, **settings: int) -> None:
    """Copy digits.mar with other settings in its model-config.yaml."""
    with zipfile.ZipFile(ROOT / "model_store" / "digits.mar") as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "model-config.yaml":
                data = yaml.safe_dump({**yaml.safe_load(data), **settings}).encode()
            archive.writestr(name, data)


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a service with one worker and a batch delay that nobody would want to wait for."""
    folder = tmp_path_factory.mktemp("store")
    repack(folder / "digits.mar", maxBatchDelay=1000 * DELAY_S)
    with ready_stack(MODEL_STORE=str(folder), WORKERS="1") as stack:
        yield stack


def batches(stack: Stack, since: int) -> list[int]:
    """Return how many requests each batch held that the handler has logged since."""
    with (stack.run_dir / "torchserve.log").open() as log:
        log.seek(since)
        lines = [line[line.index("{") :] for line in log if '"requests":' in line]
    return [len(json.loads(line)["requests"]) for line in lines]


def test_lone_request_does_not_wait_for_others(patient: Stack) -> None:
    began = time.monotonic()
    assert post(patient, SINGLE, drawings.seven()).status_code == 200
    assert time.monotonic() - began < DELAY_S / 4


def test_requests_that_wait_while_the_worker_is_busy_go_together(patient: Stack) -> None:
    since = (patient.run_dir / "torchserve.log").stat().st_size
    with ThreadPoolExecutor(max_workers=32) as clients:
        answers = list(clients.map(lambda _: post(patient, SINGLE, drawings.seven()).status_code, range(320)))
    assert answers == [200] * 320
    time.sleep(0.5)  # the log has a way to go
    sizes = batches(patient, since)
    assert sum(sizes) == 320
    assert max(sizes) > 4
    assert max(sizes) <= 32
