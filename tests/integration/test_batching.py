"""How requests form batches, and how workers read them, with the patches to TorchServe and without."""

import json
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import yaml

from tests import drawings, served_model
from tests.integration.api import SINGLE, post
from tests.waiting import wait_until
from tools.stack import Stack, ready_stack

DELAY_S = 20
TELL_READER = b"""

import ts.protocol.otf_message_handler as _protocol

print("read by", _protocol._retrieve_request.__module__)
"""


def pack(target: Path, delay_s: float) -> None:
    """Pack the model with a batch delay, and a handler that says which module reads its requests."""
    with zipfile.ZipFile(served_model.archive()) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "model-config.yaml":
                content = yaml.safe_dump({**yaml.safe_load(content), "maxBatchDelay": int(1000 * delay_s)}).encode()
            elif name == "digit_handler.py":
                content += TELL_READER
            archive.writestr(name, content)


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a service with one worker and a batch delay that no client would wait for."""
    folder = tmp_path_factory.mktemp("store")
    pack(folder / "digits.mar", DELAY_S)
    with ready_stack(MODEL_STORE=str(folder), WORKERS="1") as stack:
        yield stack


def log_of(stack: Stack) -> str:
    return (stack.run_dir / "torchserve.log").read_text()


def batches(log: str) -> list[set[str]]:
    """Return the ids of the requests in each batch that the handler has logged."""
    lines = [json.loads(line) for line in log.splitlines() if '"requests":' in line]
    return [{request["id"] for request in line["requests"]} for line in lines]


def test_single_request_does_not_wait_for_others(patient: Stack) -> None:
    began = time.monotonic()
    assert post(patient, SINGLE, drawings.seven()).status_code == 200
    assert time.monotonic() - began < DELAY_S / 2


def test_requests_that_wait_while_the_worker_is_busy_share_a_batch(patient: Stack) -> None:
    with ThreadPoolExecutor(max_workers=32) as clients:
        answers = list(clients.map(lambda _: post(patient, SINGLE, drawings.seven()), range(320)))
    assert [answer.status_code for answer in answers] == [200] * 320
    sent = {answer.headers["X-Request-ID"] for answer in answers}
    wait_until(lambda: sent <= set().union(*batches(log_of(patient))))
    sizes = [len(batch) for batch in batches(log_of(patient)) if batch <= sent]
    assert 4 < max(sizes) <= 32


def test_worker_reads_ahead(patient: Stack) -> None:
    assert "read by ts.protocol.frames" in log_of(patient)


def test_torchserve_without_patches_serves_too(tmp_path: Path) -> None:
    pack(tmp_path / "digits.mar", 0.2)
    with ready_stack(MODEL_STORE=str(tmp_path), WORKERS="1", TORCHSERVE_PATCHES="no") as stack:
        assert "read by ts.protocol.otf_message_handler" in log_of(stack)
        began = time.monotonic()
        assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
        assert time.monotonic() - began >= 0.2  # the wait for a batch
        [java] = [process for process in stack.processes() if process.name() == "java"]
        listening = [port for port in java.net_connections("tcp") if port.status == psutil.CONN_LISTEN]
        assert len(listening) == 4  # inference, metrics and two of gRPC
