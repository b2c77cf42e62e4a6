import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image

from train.data.strokes import Drawing
from train.evaluation.numbers import KINDS, edit_distance, evaluate_numbers, number_metrics, remote_number_reader

LINE = (np.array([[0, 0], [0, 9]], np.float32),)
DRAWINGS = [Drawing(str(label), LINE, writer, "site") for label in range(10) for writer in "ab"]


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("2026", "2026", 0),
        ("2026", "206", 1),
        ("2026", "20126", 1),
        ("2026", "2096", 1),
        ("12", "", 2),
        ("12", "21", 2),
    ],
)
def test_edit_distance_counts_changed_added_and_removed_digits(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == edit_distance(second, first) == distance


def test_metrics_count_whole_numbers_and_their_digits() -> None:
    answers = [
        {"number": "12", "verdict": "digit", "confidence": 0.99},
        {"number": "346", "verdict": "digit", "confidence": 0.95},  # one digit is wrong, and it is sure
        {"number": "5", "verdict": "unsure", "confidence": 0.99},  # one is missing
        {"code": 422, "type": "BlankImage"},
    ]
    report = number_metrics(["12", "345", "56", "789"], answers)
    assert (report["whole"]["percent"], report["whole"]["n"]) == (25.0, 4)
    assert (report["each_digit"]["percent"], report["each_digit"]["n"]) == (50.0, 10)
    assert report["wrong_and_sure"]["percent"] == 25.0
    assert report["mean_confidence"] == 73.25


def test_too_many_digits_are_no_more_than_all_wrong() -> None:
    assert number_metrics(["12"], [{"number": "3456789"}])["each_digit"]["percent"] == 0.0


def test_every_kind_of_number_is_read_and_the_pictures_are_the_same_every_time() -> None:
    images: list[bytes] = []

    def read(image: bytes) -> dict[str, Any]:
        images.append(image)
        return {"number": "11", "verdict": "digit", "confidence": 0.5}

    report = evaluate_numbers(read, DRAWINGS, 2)
    assert list(report) == list(KINDS)
    assert all(metrics["whole"]["n"] == 2 for metrics in report.values())
    assert 4 <= report["touching, 2 or 3 digits"]["each_digit"]["n"] <= 6
    first = images.copy()
    evaluate_numbers(read, DRAWINGS, 2)
    assert images[len(first) :] == first
    formats = {Image.open(io.BytesIO(image)).format for image in first}
    assert formats == {"PNG", "JPEG"}


class Service(BaseHTTPRequestHandler):
    """Answers `7` with a number, `blank` with an error of the image, and all else with an error of the service."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = {
            b"7": (200, {"number": "7", "path": self.path}),
            b"blank": (422, {"code": 422, "type": "BlankImage"}),
        }.get(body, (503, {"code": 503}))
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_service_is_asked_for_numbers_and_errors_of_the_image_are_answers(url: str) -> None:
    read = remote_number_reader(url)
    assert read(b"7") == {"number": "7", "path": "/predictions/numbers"}
    assert read(b"blank")["type"] == "BlankImage"
    with pytest.raises(requests.HTTPError):
        read(b"overload")
