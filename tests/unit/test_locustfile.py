"""The load test, which runs alone in an empty folder, as a stock locust image has it."""

import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image, ImageOps

from benchmarks.capacity import knee
from handler.preprocessing.formats.png import PlainPng
from tests import served_model
from tools.stack import ROOT

SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"
PROBABILITIES = [0.0] * 7 + [1.0, 0.0, 0.0]
SEVEN = {"digit": 7, "probabilities": PROBABILITIES, "verdict": "digit", "input": "data:image/png;base64,"}


@pytest.fixture(scope="module")
def locustfile() -> Iterator[ModuleType]:
    """Import the file without what locust does to Python's sockets and threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")
        yield importlib.import_module("locustfile")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the file alone into an empty folder."""
    shutil.copy(ROOT / "locustfile.py", tmp_path)
    return tmp_path


def python(folder: Path, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run isolated Python in the folder, so that it finds no file of this repository."""
    return subprocess.run(
        [sys.executable, "-I", *command],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def exit_code(locustfile: ModuleType, requests: Sequence[tuple[str, int]], errors: Sequence[str] = ()) -> int:
    """Return the exit code of a test with these response times in ms, which locust rounds to two digits."""
    from locust.env import Environment

    environment = Environment()
    for name, milliseconds in requests:
        environment.stats.log_request("POST", name, milliseconds, 900)
    for name in errors:
        environment.stats.log_error("POST", name, "a 7 was recognized as 1")
    locustfile.set_exit_code(environment)
    return int(environment.process_exit_code or 0)


def test_the_service_level_is_that_of_the_capacity_measurement(locustfile: ModuleType) -> None:
    assert locustfile.SERVICE_LEVEL == knee.SERVICE_LEVEL


def test_locust_lists_both_kinds_of_users(folder: Path) -> None:
    listed = python(folder, "-m", "locust", "--list")
    assert {"Person", "Program"} <= set((listed.stdout + listed.stderr).split())


def test_only_locust_and_the_standard_library_are_imported(folder: Path) -> None:
    imports = "import sys, locust; sys.path.insert(0, '.'); before = set(sys.modules); import locustfile"
    added = "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    ended = python(folder, "-c", f"{imports}; {added}")
    assert "locustfile" in ended.stdout, ended.stderr
    assert set(ended.stdout.split()) <= {"locust", "locustfile"}


def test_every_drawing_has_the_form_that_the_page_sends_and_is_recognized(locustfile: ModuleType) -> None:
    digits = [*range(10)] * 20
    images = [locustfile.drawing(digit) for digit in digits]
    assert len(set(images)) == len(images)
    for image in images:
        plain = PlainPng.parse(image)
        assert plain is not None
        assert max(plain.width, plain.height) == 84
        ink = ImageOps.invert(Image.open(io.BytesIO(image))).getbbox()
        assert ink is not None
        left, top, right, bottom = ink
        assert all(1 <= gap <= 4 for gap in (left, top, plain.width - right, plain.height - bottom)), ink
    [answers] = served_model.recognizer().recognize([images])
    assert [answer["digit"] for answer in answers if isinstance(answer, dict)] == digits


@pytest.mark.parametrize(
    ("shape", "users"),
    [
        ("steady", [10, 10, 10, 10, 10, 10]),
        ("ramp", [1, 4, 5, 6, 7, 10]),
        ("spike", [2, 2, 10, 10, 2, 2]),
        ("soak", [10, 10, 10, 10, 10, 10]),
    ],
)
def test_a_shape_is_users_over_time_and_ends(locustfile: ModuleType, shape: str, users: list[int]) -> None:
    running = locustfile.Shape()
    running.users, running.steps = 10, locustfile.SHAPES[shape][1]
    ticks = []
    for share in (0, 0.39, 0.41, 0.59, 0.61, 0.99, 1.01):
        running.start_time = time.perf_counter() - share * running.duration_s
        ticks.append(running.tick())
    assert [tick and tick[0] for tick in ticks] == [*users, None]


def test_fast_service_passes(locustfile: ModuleType) -> None:
    assert exit_code(locustfile, [(SINGLE, 10)] * 100) == 0


@pytest.mark.parametrize(
    ("requests", "missed"),
    [
        ([(SINGLE, 10)] * 49 + [(SINGLE, 60)] * 51, "p50_ms"),
        ([(SINGLE, 10)] * 94 + [(SINGLE, 200)] * 6, "p95_ms"),
        ([(SINGLE, 10)] * 98 + [(SINGLE, 400)] * 2, "p99_ms"),
    ],
)
def test_slow_service_fails_by_the_percentile_that_it_misses(
    locustfile: ModuleType, caplog: pytest.LogCaptureFixture, requests: list[tuple[str, int]], missed: str
) -> None:
    assert exit_code(locustfile, requests) == 1
    assert [record.getMessage().split()[3] for record in caplog.records] == [missed]


def test_slow_batches_pass(locustfile: ModuleType) -> None:
    assert exit_code(locustfile, [(SINGLE, 10)] * 90 + [(BATCH, 900)] * 10) == 0


def test_more_failures_than_one_in_a_thousand_fail_whatever_their_kind(
    locustfile: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    requests = [(SINGLE, 10)] * 500 + [(BATCH, 10)] * 500
    assert exit_code(locustfile, requests, [BATCH]) == 0
    assert exit_code(locustfile, requests, [BATCH] * 2) == 1
    assert "failure_ratio is 0.002, limit 0.001" in caplog.text


def test_load_that_reached_nothing_fails(locustfile: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    assert exit_code(locustfile, []) == 1
    assert f"no request to {SINGLE}" in caplog.text


def test_the_environment_sets_the_service_level(locustfile: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code(locustfile, [(SINGLE, 400)] * 10) == 1
    for percent in (50, 95, 99):
        monkeypatch.setenv(f"SLO_P{percent}_MS", "500")
    assert exit_code(locustfile, [(SINGLE, 400)] * 10) == 0


class EverythingIsSeven(BaseHTTPRequestHandler):
    """Answers in the right form, and recognizes every drawing as a 7."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(b"<canvas></canvas>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        predictions: dict[str, Any] = SEVEN
        if self.path == BATCH:
            predictions = {"predictions": [SEVEN] * len(json.loads(body)["instances"])}
        self.answer(json.dumps(predictions).encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def wrong_service() -> Iterator[str]:
    """Run a server whose answers have the right form and the wrong digit."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EverythingIsSeven) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_service_that_answers_fast_and_wrongly_fails(folder: Path, wrong_service: str) -> None:
    command = ["-m", "locust", "--headless", "--only-summary", "--host", wrong_service]
    ended = python(folder, *command, USERS="10", DURATION_S="4")
    assert ended.returncode == 1, ended.stderr
    assert "was recognized as 7" in ended.stdout + ended.stderr
    assert "failure_ratio is" in ended.stderr
