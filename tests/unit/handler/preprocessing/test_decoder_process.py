import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from PIL import Image

from handler.errors import ApiError, BlankImage, ImageTooLarge, InvalidImage, ServiceUnavailable
from handler.preprocessing import decoder_process, normalize
from handler.preprocessing.decoder_process import DecoderProcess
from handler.preprocessing.decoding import decode, is_lossy, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.limits import LARGE_IMAGE_SECONDS
from tests import drawings
from tests.waiting import wait_until

SEVEN = drawings.seven()
RED = (200, 30, 30)
LARGEST = drawings.encoded(drawings.drawing(drawings.ONE, mode="RGB", ink=RED, paper="white").resize((4096, 4096)))
PATIENCE_S = 30  # for what takes a moment, on a machine that may be busy


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_process, "START_SECONDS", PATIENCE_S)


@pytest.fixture
def decoder() -> Iterator[DecoderProcess]:
    with contextlib.closing(DecoderProcess(max_cpu_s=10, max_s=PATIENCE_S)) as started:
        started.start()
        yield started


def error_of(decoder: DecoderProcess, data: bytes) -> type[ApiError]:
    with pytest.raises(ApiError, match=r"[;] .*\.$") as caught:
        decoder.preprocess(data)
    return caught.type


def child_of(decoder: DecoderProcess) -> psutil.Process:
    """Return the child, once it is ready."""
    decoder.preprocess(SEVEN)
    return psutil.Process(decoder.pid)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
def test_picture_is_the_one_that_is_made_in_process(decoder: DecoderProcess, format_: str) -> None:
    data = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((1200, 900)), format_)
    image = open_image(data)
    expected = normalize(find_ink(decode(image), lossy=is_lossy(image)).levels)
    np.testing.assert_array_equal(decoder.preprocess(data).pictures[0], expected)


def test_errors_are_those_that_are_raised_in_process(decoder: DecoderProcess) -> None:
    assert error_of(decoder, drawings.blank()) is BlankImage
    assert error_of(decoder, LARGEST[:-1000]) is InvalidImage
    assert error_of(decoder, drawings.encoded(Image.new("1", (4097, 4096)))) is ImageTooLarge


def test_one_child_serves_all_images(decoder: DecoderProcess) -> None:
    pid = decoder.pid
    with ThreadPoolExecutor(max_workers=4) as threads:
        pictures = list(threads.map(decoder.preprocess, [SEVEN, drawings.one()] * 20))
    assert decoder.pid == pid
    for picture, expected in zip(pictures, [*map(decoder.preprocess, [SEVEN, drawings.one()])] * 20, strict=True):
        np.testing.assert_array_equal(picture.pictures, expected.pictures)


def test_image_that_takes_too_much_of_a_core_is_refused_and_the_next_one_is_read() -> None:
    with contextlib.closing(DecoderProcess(max_cpu_s=0.01, max_s=PATIENCE_S)) as decoder:
        first = child_of(decoder)
        assert error_of(decoder, LARGEST) is InvalidImage
        assert decoder.preprocess(SEVEN).pictures.any()
        assert not first.is_running()


def test_image_that_takes_too_much_memory_is_refused() -> None:
    with contextlib.closing(DecoderProcess(max_cpu_s=10, max_s=PATIENCE_S, max_bytes=64 << 20)) as decoder:
        child = child_of(decoder)
        assert error_of(decoder, LARGEST) is ImageTooLarge
        assert decoder.preprocess(SEVEN).pictures.any()
        assert child.is_running()


def test_image_that_was_refused_leaves_no_memory_in_use(decoder: DecoderProcess) -> None:
    child = child_of(decoder)
    at_rest = child.memory_info().vms
    blank = drawings.encoded(Image.new("RGB", (4096, 4096), "white"), "WEBP")
    for _ in range(3):
        assert error_of(decoder, blank) is BlankImage
        assert error_of(decoder, LARGEST[:-1000]) is InvalidImage
    assert child.memory_info().vms - at_rest < 32 << 20


def test_image_fails_in_time_when_the_child_is_stopped_and_the_next_one_is_read() -> None:
    with contextlib.closing(DecoderProcess()) as decoder:
        child = child_of(decoder)
        child.suspend()
        began = time.monotonic()
        assert error_of(decoder, SEVEN + bytes(1 << 20)) is ServiceUnavailable  # more than the socket holds
        assert LARGE_IMAGE_SECONDS <= time.monotonic() - began < LARGE_IMAGE_SECONDS + 5
        assert not child.is_running()
        assert decoder.pid not in (None, child.pid)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(signal.SIGKILL, ServiceUnavailable), (signal.SIGTERM, ServiceUnavailable), (signal.SIGSEGV, InvalidImage)],
)
def test_image_fails_when_the_child_ends_in_the_middle_of_it_and_the_next_one_is_read(
    decoder: DecoderProcess, number: signal.Signals, expected: type[ApiError]
) -> None:
    child = child_of(decoder)
    child.suspend()
    with ThreadPoolExecutor(max_workers=1) as thread:
        error = thread.submit(error_of, decoder, SEVEN)
        time.sleep(0.5)
        child.send_signal(number)
        with contextlib.suppress(psutil.NoSuchProcess):  # SIGKILL does not wait for it
            child.resume()
        assert error.result() is expected
    assert not child.is_running()
    assert decoder.preprocess(SEVEN).pictures.any()


def test_no_image_fails_when_the_child_was_killed_before_it(decoder: DecoderProcess) -> None:
    child = child_of(decoder)
    child.kill()
    wait_until(lambda: child.status() == psutil.STATUS_ZOMBIE)
    assert decoder.preprocess(SEVEN).pictures.any()
    assert not child.is_running()


def test_child_that_cannot_be_started_fails_the_image_and_may_be_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(DecoderProcess(max_cpu_s=10, max_s=PATIENCE_S)) as decoder:
        with monkeypatch.context() as without_python:
            without_python.setattr(sys, "executable", "/nonexistent/python")
            assert error_of(decoder, SEVEN) is ServiceUnavailable
        assert decoder.preprocess(SEVEN).pictures.any()


def test_child_holds_no_file_but_its_socket_and_the_log(decoder: DecoderProcess) -> None:
    with open(os.devnull) as opened:  # noqa: PTH123  # a descriptor
        os.set_inheritable(opened.fileno(), True)
        decoder.close()
        files = f"/proc/{child_of(decoder).pid}/fd"
        assert sorted(os.listdir(files)) == ["0", "1", "2"]  # noqa: PTH208
        assert os.readlink(f"{files}/0").startswith("socket:")  # noqa: PTH115


def test_child_loads_no_framework(decoder: DecoderProcess) -> None:
    loaded = {os.path.basename(mapped.path) for mapped in child_of(decoder).memory_maps()}  # noqa: PTH119
    assert any("_multiarray_umath" in name for name in loaded)
    assert not [name for name in loaded if "torch" in name or "onnx" in name]


PARENT = """
import os, sys
from handler.preprocessing import decoder_process
decoder_process.START_SECONDS = 30
decoder = decoder_process.DecoderProcess(10, 30)
image = sys.stdin.buffer.read()
"""


def run_parent(script: str) -> "subprocess.Popen[bytes]":
    parent = subprocess.Popen([sys.executable, "-c", PARENT + script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    parent.stdin.write(SEVEN)
    parent.stdin.close()
    return parent


def test_child_ends_when_its_parent_is_killed() -> None:
    with run_parent("decoder.preprocess(image)\nprint(decoder.pid, flush=True)\nos.read(os.pipe()[0], 1)") as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
    child.wait(PATIENCE_S)


def test_fork_of_a_process_has_a_child_of_its_own() -> None:
    script = """
expected, pid = decoder.preprocess(image), decoder.pid
forked = os.fork()
if not forked:
    assert (decoder.preprocess(image).pictures == expected.pictures).all() and decoder.pid != pid
    decoder.close()
    os._exit(0)
assert os.waitpid(forked, 0)[1] == 0
assert (decoder.preprocess(image).pictures == expected.pictures).all() and decoder.pid == pid
"""
    with run_parent(script) as parent:
        assert parent.wait(PATIENCE_S) == 0
