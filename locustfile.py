"""Load on the service, by people and by programs: `make load-test`.

The environment chooses SHAPE (steady, ramp, spike, soak), USERS, DURATION_S and the service level (benchmarks/slo.py).
docs/benchmarks.md tells how to run it with locust's web UI, in several processes and on several machines.
"""

import base64
import json
import logging
import os
import random
from typing import Any

from locust import FastHttpUser, LoadTestShape, between, constant_pacing, events, tag, task
from locust.env import Environment
from locust.runners import WorkerRunner

from benchmarks.answers import batch_fault, fault
from benchmarks.canvas import page_png
from benchmarks.slo import ServiceLevel

SINGLE, BATCH = "/predictions/digits", "/v1/models/digits:predict"
BATCH_SIZE = 32

# Shape → its usual seconds and its steps: until which share of the time, which share of the users.
SHAPES: dict[str, tuple[int, list[tuple[float, float]]]] = {
    "steady": (60, [(1.0, 1.0)]),
    "ramp": (120, [(step / 10, step / 10) for step in range(1, 11)]),
    "spike": (90, [(0.4, 0.2), (0.6, 1.0), (1.0, 0.2)]),
    "soak": (600, [(1.0, 1.0)]),
}


class Person(FastHttpUser):
    """Opens the page, draws, looks at the answer, draws again; no drawing is like another."""

    weight = 9
    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Open the page."""
        self.chance = random.Random()
        self.look()

    @tag("person", "page")
    @task(1)
    def look(self) -> None:
        """Load the page again."""
        with self.client.get("/", catch_response=True) as response:
            if b"<canvas" not in (response.content or b""):
                response.failure("the page has no canvas")

    @tag("person", "single")
    @task(20)
    def draw(self) -> None:
        """Draw a digit and read the answer."""
        digit = self.chance.randrange(10)
        picture = page_png(digit, self.chance)
        headers = {"Content-Type": "image/png"}
        with self.client.post(SINGLE, data=picture, headers=headers, catch_response=True) as response:
            judge(response, lambda answer: fault(answer, digit))


class Program(FastHttpUser):
    """Sends a batch a second, the same drawings in another order each time."""

    weight = 1
    wait_time = constant_pacing(1)

    def on_start(self) -> None:
        """Draw what will be sent: drawing a batch for each request would hold up the people of this process."""
        chance = random.Random()
        digits = [index % 10 for index in range(BATCH_SIZE)]
        self.instances = [
            (digit, {"image": {"b64": base64.b64encode(page_png(digit, chance)).decode()}}) for digit in digits
        ]

    @tag("program", "batch")
    @task
    def send(self) -> None:
        """Send a batch by the KServe V1 protocol."""
        random.shuffle(self.instances)
        digits = [digit for digit, _ in self.instances]
        body = json.dumps({"instances": [instance for _, instance in self.instances]})
        headers = {"Content-Type": "application/json"}
        with self.client.post(BATCH, data=body, headers=headers, catch_response=True) as response:
            judge(response, lambda answer: batch_fault(answer, digits))


def judge(response: Any, find_fault: Any) -> None:
    """Count a response as failed unless its status and its body are right."""
    if response.status_code != 200:
        response.failure(f"status {response.status_code}")
        return
    try:
        found = find_fault(response.json())
    except ValueError:
        found = "the body is not JSON"
    if found:
        response.failure(found)


class Shape(LoadTestShape):
    """The number of users over time."""

    def __init__(self) -> None:
        super().__init__()
        usual_s, self.steps = SHAPES[os.environ.get("SHAPE", "steady")]
        self.duration_s = float(os.environ.get("DURATION_S", usual_s))
        self.users = int(os.environ.get("USERS", 50))

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there shall be now and how many may start a second; None ends the test."""
        elapsed = self.get_run_time() / self.duration_s
        share = next((share for until, share in self.steps if elapsed < until), None)
        return None if share is None else (max(1, round(share * self.users)), self.users)


@events.quitting.add_listener
def hold_to_service_level(environment: Environment, **_: Any) -> None:
    """Turn the measured service level into the exit code."""
    if isinstance(environment.runner, WorkerRunner):  # the master has everybody's figures
        return
    stats = environment.stats
    missed = ServiceLevel.from_environment().breaches(stats, stats.get(SINGLE, "POST"))
    for what in missed:
        logging.error("Service level missed: %s", what)
    environment.process_exit_code = 1 if missed else 0
