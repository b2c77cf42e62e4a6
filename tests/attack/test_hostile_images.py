"""Images that cost a decoder far more than they weigh, alone and in batches."""

import asyncio
import json
import time
from base64 import b64encode
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.servers import BATCH, SINGLE
from handler.preprocessing.limits import LARGE_SECONDS, REQUEST_SECONDS
from tests import hostile_images
from tests.attack.answers import assert_contract
from tests.attack.client import Answer, Connection, paced, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import FULL, scaled
from tests.hostile_images import KINDS
from tools.stack import Stack

# They cost a worker 10 s each if they are decoded, or more than 1 s at opening.
WORST = ["JPEG, 5000 scans", "JPEG, scans to 1 MiB", "JPEG, fill bytes", "PNG, color profiles"]
# The dearest to weigh, and the dearest to refuse.
WORST_IN_BATCHES = ["JPEG, 5000 scans", "PNG, RGBA"]
# How many batches are sent at once, and the bytes of each.
AT_ONCE = {"large": (8, 8 << 20), "medium": (40, 900_000)}
# Seconds that a correct batch may take beside them. TorchServe's batch ends with the image that was started before
# REQUEST_SECONDS had passed, which takes half a second at most. The correct one may wait for such a batch, and be
# answered with the next: the medium and large requests that nginx lets through (web/local/deployment.conf) fit into one
# batch of each worker.
SLOWEST_BATCH_S = 2 * (LARGE_SECONDS + REQUEST_SECONDS + 0.5)
EXPECTED = {200, 400, 413, 422, 429, 503}


@dataclass(frozen=True)
class Hostile:
    """A request with hostile images.

    Attributes:
        kind: Of the images.
        data: The request.
    """

    kind: str
    data: bytes


async def exchange(service: Stack, data: bytes) -> Answer:
    """Send a request over a connection of its own and return its answer."""
    connection = await Connection.open(service)
    try:
        await connection.send(data)
        return await connection.answer()
    finally:
        connection.close()


def attack(service: Stack, requests: list[Hostile], per_second: float) -> None:
    """Send requests at a constant rate, and check that each gets an answer of the contract, in each row of a batch."""
    answers: list[tuple[float, str, Answer]] = []

    async def send(index: int) -> None:
        began = time.monotonic()
        answer = await exchange(service, requests[index].data)
        answers.append((time.monotonic() - began, requests[index].kind, answer))

    asyncio.run(paced(len(requests), per_second, send))
    slowest = [(kind, round(took_s, 2), answer.status) for took_s, kind, answer in sorted(answers, key=first)[-5:]]
    print(f"\nthe slowest answers to the attacker: {slowest}")
    assert len(answers) == len(requests)
    for _, kind, answer in answers:
        assert answer.status in EXPECTED, (kind, answer)
        assert_contract(answer)
        for row in answer.json().get("predictions", []):
            assert "digit" in row or row["code"] in EXPECTED, (kind, row)


def first(answer: tuple[float, str, Answer]) -> float:
    """Return how long an answer took."""
    return answer[0]


def single(image: bytes) -> bytes:
    """Return a request for one image."""
    return request_bytes(SINGLE, image, "application/octet-stream")


def full_batch(image: bytes, max_bytes: int) -> bytes:
    """Return a request with the same image as often as a batch of so many bytes may hold."""
    encoded = b64encode(image).decode()
    count = max(1, min(256, (max_bytes - 100) // (len(encoded) + 25)))
    body = json.dumps({"instances": [{"image": {"b64": encoded}}] * count}, separators=(",", ":")).encode()
    return request_bytes(BATCH, body, "application/json")


def test_hostile_images_are_answered_and_delay_nobody(service: Stack) -> None:
    kinds = list(KINDS) if FULL else WORST + list(KINDS)[::8]
    requests = [Hostile(kind, single(KINDS[kind]())) for kind in kinds]
    with unharmed(service):
        attack(service, requests * scaled(4, 1), 2.0)


@pytest.mark.parametrize("size_class", AT_ONCE)
def test_batches_of_hostile_images_delay_no_drawing_and_no_batch_for_long(service: Stack, size_class: str) -> None:
    count, max_bytes = AT_ONCE[size_class]
    batches = {kind: full_batch(KINDS[kind](), max_bytes) for kind in (KINDS if FULL else WORST_IN_BATCHES)}
    with unharmed(service, slowest_batch_s=SLOWEST_BATCH_S):
        for kind, batch in batches.items():
            attack(service, [Hostile(kind, batch)] * count, 50.0)


sides = st.sampled_from([1, 8, 500, 2048, 4096, 4097])
png_forms = st.builds(
    hostile_images.png_of_form,
    sides,
    sides,
    bits=st.sampled_from([1, 2, 4, 8, 16]),
    color=st.sampled_from([0, 2, 3, 4, 6]),
    interlaced=st.booleans(),
)
progressive_jpegs = st.builds(
    hostile_images.progressive_jpeg,
    sides,
    sides,
    st.integers(1, 3000),
    st.sampled_from([1, 3, 4]),
    empty=st.booleans(),
    fill=st.integers(0, 300),
    limit=st.just(1 << 20),
)
chunked_files = st.one_of(
    st.builds(hostile_images.png_with_chunks, st.integers(0, 80_000)),
    st.builds(hostile_images.png_with_iccp_bombs, st.integers(1, 900)),
    st.builds(hostile_images.webp_with_chunks, st.integers(0, 100_000)),
    st.builds(hostile_images.gif_with_extensions, st.integers(0, 100_000)),
    st.builds(hostile_images.jpeg_with_segments, st.integers(0, 200_000)),
)
animations = st.one_of(
    st.builds(hostile_images.gif_with_frames, st.integers(1, 3000), sides, st.just(8)),
    st.builds(hostile_images.webp_animated, st.integers(1, 1000), st.just(8), st.sampled_from([8, 64, 4096])),
)


def test_images_of_any_structure_are_answered_within_their_budget(service: Stack) -> None:
    """Scans, chunks, palettes, depths, frames: hypothesis drives the structure."""
    with unharmed(service):

        @seed(20261126)
        @settings(
            max_examples=scaled(400, 40),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.one_of(png_forms, progressive_jpegs, chunked_files, animations).filter(lambda x: len(x) <= 1 << 20))
        def send(image: bytes) -> None:
            assert_contract(asyncio.run(exchange(service, single(image))), EXPECTED)

        send()
