"""Load by people and by programs; every answer is checked. This file runs alone in any locust installation.

    locust --headless --locustfile locustfile.py --host http://localhost:8000

SHAPE (steady, ramp, spike, soak), USERS and DURATION_S choose the load. The exit code is 1 if the service level was
missed; FAILURE_RATIO, P50_MS, P95_MS and P99_MS with the prefix SLO_ change it.
"""

import base64
import json
import logging
import math
import os
import random
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from locust import FastHttpUser, LoadTestShape, between, constant_pacing, events, tag, task
from locust.env import Environment
from locust.runners import WorkerRunner

SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"
BATCH_SIZE = 32
VERDICTS = ("digit", "unsure", "not_a_digit")

# Shape → default seconds, and steps: until this share of the time, this share of the users.
SHAPES: dict[str, tuple[int, list[tuple[float, float]]]] = {
    "steady": (60, [(1.0, 1.0)]),
    "ramp": (120, [(step / 10, step / 10) for step in range(1, 11)]),
    "spike": (90, [(0.4, 0.2), (0.6, 1.0), (1.0, 0.2)]),
    "soak": (600, [(1.0, 1.0)]),
}

# The maxima: failures of all requests, response times of single recognitions.
SERVICE_LEVEL = {"failure_ratio": 0.001, "p50_ms": 50.0, "p95_ms": 150.0, "p99_ms": 300.0}

INK_SIDE, MARGIN, PEN = 80, 2, 15 / 280  # as in the page's ink.js; the pen as a share of the sheet's side
FINER = 4  # subpixels per side of a pixel: one hexadecimal digit for each row of subpixels
COVERED = bytes(int(chr(code), 16).bit_count() if chr(code) in "0123456789abcdef" else 0 for code in range(256))


class Person(FastHttpUser):
    """Draws a digit, looks at the answer, draws the next one, and now and then loads the page again."""

    weight = 9
    wait_time = between(1, 3)

    @tag("person", "page")
    @task(1)
    def look(self) -> None:
        """Load the page."""
        with self.client.get("/", catch_response=True) as response:
            if b"<canvas" not in (response.content or b""):
                response.failure("the page has no canvas")

    @tag("person", "single")
    @task(20)
    def draw(self) -> None:
        """Draw a digit and check the answer."""
        digit = random.randrange(10)
        headers = {"Content-Type": "image/png"}
        with self.client.post(SINGLE, data=drawing(digit), headers=headers, catch_response=True) as response:  # type: ignore[arg-type]
            check(response, lambda answer: fault(answer, digit))


class Program(FastHttpUser):
    """Sends one batch a second: the same drawings, in another order each time."""

    weight = 1
    wait_time = constant_pacing(1)

    def on_start(self) -> None:
        """Draw once: drawing each batch anew would delay the other users of this process."""
        digits = [index % 10 for index in range(BATCH_SIZE)]
        self.instances = [(digit, {"image": {"b64": base64.b64encode(drawing(digit)).decode()}}) for digit in digits]

    @tag("program", "batch")
    @task
    def send(self) -> None:
        """Send a batch by the KServe V1 protocol and check the answers and their order."""
        random.shuffle(self.instances)
        digits = [digit for digit, _ in self.instances]
        body = json.dumps({"instances": [instance for _, instance in self.instances]})
        headers = {"Content-Type": "application/json"}
        with self.client.post(BATCH, data=body, headers=headers, catch_response=True) as response:
            check(response, lambda answer: batch_fault(answer, digits))


class Shape(LoadTestShape):
    """The number of users over time."""

    default_s, steps = SHAPES[os.environ.get("SHAPE", "steady")]
    duration_s = float(os.environ.get("DURATION_S", default_s))
    users = int(os.environ.get("USERS", 50))

    def tick(self) -> tuple[int, float] | None:
        """Return the number of users and how many may start in a second; None ends the test."""
        elapsed = self.get_run_time() / self.duration_s  # type: ignore[no-untyped-call]
        share = next((share for until, share in self.steps if elapsed < until), None)
        return None if share is None else (max(1, round(share * self.users)), self.users)


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def set_exit_code(environment: Environment, **_: Any) -> None:
    """Compare what was measured with the service level."""
    if isinstance(environment.runner, WorkerRunner):  # the master has the figures of all workers
        return
    single = environment.stats.get(SINGLE, "POST")
    times_ms = {f"p{percent}_ms": single.get_response_time_percentile(percent / 100) for percent in (50, 95, 99)}
    measured = {"failure_ratio": environment.stats.total.fail_ratio, **times_ms}
    limits = {name: float(os.environ.get(f"SLO_{name.upper()}", limit)) for name, limit in SERVICE_LEVEL.items()}
    missed = [f"{name} is {measured[name]:g}, limit {x:g}" for name, x in limits.items() if measured[name] > x]
    if single.num_requests == 0:
        missed.append(f"no request to {SINGLE}")
    for what in missed:
        logging.error("Service level missed: %s", what)
    environment.process_exit_code = 1 if missed else 0


def check(response: Any, find_fault: Callable[[Any], str | None]) -> None:
    """Mark a response as failed unless its status and its body are right."""
    if response.status_code != 200:
        response.failure(f"status {response.status_code}")
        return
    try:
        found = find_fault(response.json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"the body is not what the API promises: {error!r}"
    if found:
        response.failure(found)


def fault(answer: Any, digit: int) -> str | None:
    """Return how a recognition differs from the public contract or from the digit that was drawn."""
    probabilities = answer["probabilities"]
    if len(probabilities) != 10 or abs(sum(probabilities) - 1) > 1e-6:
        return "probabilities are not ten numbers with the sum 1"
    if answer["digit"] != probabilities.index(max(probabilities)):
        return "the digit is not the most probable one"
    if answer["verdict"] not in VERDICTS or not answer["input"].startswith("data:image/png;base64,"):
        return "the verdict is unknown or the input is not a PNG"
    return None if answer["digit"] == digit else f"a {digit} was recognized as {answer['digit']}"


def batch_fault(answer: Any, digits: list[int]) -> str | None:
    """Return the first fault in the answers to a batch, which must be in the order of the request."""
    predictions = answer["predictions"]
    if len(predictions) != len(digits):
        return f"{len(predictions)} predictions for {len(digits)} instances"
    return next((found for found in map(fault, predictions, digits) if found), None)


def arc(center: complex, width: float, height: float, start: float, end: float) -> list[complex]:
    """Return a part of an ellipse, in degrees, clockwise from the right (y points down)."""
    angles = [math.radians(start + (end - start) * step / 16) for step in range(17)]
    return [center + complex(width * math.cos(angle), height * math.sin(angle)) for angle in angles]


# The lines of each digit, of points x + yj in a box 0.6 wide and 1 high.
LINES: list[list[list[complex]]] = [
    [arc(0.3 + 0.5j, 0.3, 0.5, -90, 270)],
    [[0.12 + 0.22j, 0.34, 0.34 + 1j]],
    [[*arc(0.3 + 0.28j, 0.27, 0.28, 190, 390), 0.02 + 1j, 0.6 + 1j]],
    [[*arc(0.27 + 0.25j, 0.27, 0.25, 200, 450), *arc(0.27 + 0.74j, 0.31, 0.26, -90, 155)]],
    [[0.36, 0.66j, 0.62 + 0.66j], [0.46 + 0.38j, 0.46 + 1j]],
    [[0.56, 0.1, 0.06 + 0.44j, *arc(0.27 + 0.69j, 0.31, 0.31, -110, 150)]],
    [[0.46, 0.2 + 0.28j, *arc(0.3 + 0.72j, 0.28, 0.28, 190, 545)]],
    [[0.02j, 0.6, 0.22 + 1j]],
    [[*arc(0.3 + 0.25j, 0.23, 0.25, 90, 450), *arc(0.3 + 0.75j, 0.29, 0.25, -90, 270)]],
    [[*arc(0.29 + 0.28j, 0.27, 0.28, 0, 360), 0.56 + 0.28j, 0.5 + 1j]],
]


def drawing(digit: int) -> bytes:
    """Draw a digit with random size, slant and wobble, and encode it as the page does: gray, cropped to the ink."""
    height, slant = random.uniform(0.5, 0.75), random.uniform(-0.15, 0.2)  # as shares of the sheet's side

    def moved(point: complex) -> complex:
        return height * (point - slant * point.imag) + complex(random.gauss(0, 0.005), random.gauss(0, 0.005))

    lines = [[moved(point) for point in line] for line in LINES[digit]]
    xs, ys = [[getattr(point, part) for line in lines for point in line] for part in ("real", "imag")]
    corner, sides = complex(min(xs), min(ys)), [max(values) - min(values) + PEN for values in (xs, ys)]
    scale = INK_SIDE / max(sides)  # pixels of the picture for the sheet's side
    first = (1 + 1j) * (MARGIN + scale * PEN / 2)
    placed = [[first + scale * (point - corner) for point in line] for line in lines]
    return png(ink(placed, scale * PEN, *(round(scale * side) + 2 * MARGIN for side in sides)))


def ink(lines: list[list[complex]], pen: float, width: int, height: int) -> list[bytes]:
    """Draw lines with a round pen, in pixels; return rows of gray values, black on white."""
    radius = pen * FINER / 2
    disc = [(dy, int(math.sqrt(radius**2 - dy**2))) for dy in range(-int(radius), int(radius) + 1)]
    rows = [0] * (FINER * height)  # of subpixels, one bit each, the leftmost in the lowest bit
    for start, end in (pair for line in lines for pair in pairwise(line)):
        steps = math.ceil(abs(end - start) * FINER / 4) or 1
        for step in range(steps + 1):
            point = FINER * (start + (end - start) * step / steps)
            x, y = round(point.real), round(point.imag)
            for dy, half in disc:
                rows[y + dy] |= ((2 << 2 * half) - 1) << (x - half)
    covered = [(b"%0*x" % (width, row))[::-1].translate(COVERED) for row in rows]
    pixels = (zip(*covered[y : y + FINER], strict=True) for y in range(0, len(rows), FINER))
    return [bytes(255 - 255 * sum(pixel) // FINER**2 for pixel in row) for row in pixels]


def png(rows: list[bytes]) -> bytes:
    """Encode rows of gray values without a filter."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    framed = (struct.pack(">I", len(x)) + kind + x + struct.pack(">I", zlib.crc32(kind + x)) for kind, x in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)
