"""Requests that were correct until something in them was changed: images, JSON, headers, or any byte."""

import base64
import functools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.samples import batch_body
from benchmarks.servers import BATCH, SINGLE
from tests import drawings
from tests.attack.client import request_bytes

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "application/octet-stream"}
CONTENT_TYPES = [*FORMATS.values(), "application/json", "application/json; charset=utf-16", "text/plain"]
VALUES: list[Any] = [
    None, True, -1, 0.5, 1e308, 10**400, "", "=", "====", "\0", "\ud800", "é" * 1000, "data:image/png;base64,",
    [], {}, [[]], [None] * 300, {"b64": ""}, {"image": {"b64": None}}, "A" * 100_000,
]  # fmt: skip
HEADERS = [
    "Host", "Content-Type", "Content-Encoding", "Accept-Encoding", "Expect", "Range", "If-Match", "If-None-Match",
    "If-Modified-Since", "Cookie", "Authorization", "X-Request-ID", "X-Forwarded-For", "X-Route", "Upgrade", "TE",
    "User-Agent", "Referer", "Origin", "X-HTTP-Method-Override", "Keep-Alive", "Forwarded", "traceparent", "é", "a b",
]  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed request.

    Attributes:
        kind: What was changed.
        data: The bytes to send.
        is_framed: Whether it is still known where the request ends.
    """

    kind: str
    data: bytes
    is_framed: bool


def mutant(seed: int, index: int) -> Mutant:
    """Return one of the requests of a seed: the same one each time."""
    chance = random.Random(f"{seed} {index}")
    return chance.choice([image_mutant, json_mutant, header_mutant, byte_mutant])(chance)


def image_mutant(chance: random.Random) -> Mutant:
    """Change bytes of an image."""
    format_ = chance.choice(list(FORMATS))
    body = changed(chance, image(format_, chance.randrange(2)))
    if chance.random() < 0.3:
        body = json.dumps({"image": base64.b64encode(body).decode()}).encode()
        return Mutant("image in JSON", request_bytes(SINGLE, body, "application/json"), True)
    return Mutant(f"{format_} image", request_bytes(SINGLE, body, content_type(chance, FORMATS[format_])), True)


def json_mutant(chance: random.Random) -> Mutant:
    """Change a value of a JSON body, or its text."""
    is_batch = chance.random() < 0.5
    document = json.loads(batch_body(chance.randint(1, 4)) if is_batch else single_body())
    if chance.random() < 0.7:
        document = with_value(chance, document)
    text = json.dumps(document, ensure_ascii=chance.random() < 0.8).encode(errors="surrogatepass")
    if chance.random() < 0.4:
        text = changed(chance, text)
    return Mutant("JSON", request_bytes(BATCH if is_batch else SINGLE, text, "application/json"), True)


def header_mutant(chance: random.Random) -> Mutant:
    """Add headers with values of any bytes but the end of a line."""
    head, _, body = request_bytes(SINGLE, drawings.seven()).partition(b"\r\n\r\n")
    for _ in range(chance.randint(1, 4)):
        allowed = [byte for byte in range(1, 256) if byte not in b"\r\n"]
        value = bytes(chance.choices(allowed, k=chance.choice([0, 1, 20, 500, 9000])))
        head += b"\r\n" + chance.choice(HEADERS).encode() + b": " + value
    return Mutant("headers", head + b"\r\n\r\n" + body, True)


def byte_mutant(chance: random.Random) -> Mutant:
    """Change any bytes of a request."""
    whole = [
        request_bytes(SINGLE, drawings.one()),
        request_bytes(BATCH, batch_body(2), "application/json"),
        b"GET / HTTP/1.1\r\nHost: digits\r\nAccept-Encoding: gzip\r\n\r\n",
        b"POST /predictions/digits HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ]
    data = chance.choice(whole)
    length = chance.choice([60, 200, len(data)])  # most of what nginx decides is at the beginning
    return Mutant("bytes", changed(chance, data[:length]) + data[length:], False)


def changed(chance: random.Random, data: bytes) -> bytes:
    """Return the bytes with one to eight changes."""
    changes: list[Callable[[random.Random, bytearray], None]] = [flip, overwrite, insert, remove, repeat, cut, extreme]
    mutable = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        chance.choice(changes)(chance, mutable)
    return bytes(mutable)


def place(chance: random.Random, data: bytearray) -> int:
    """Return a place in the bytes; half of them are near the beginning, where the structure is."""
    return chance.randrange(min(len(data), 64) if chance.random() < 0.5 else len(data)) if data else 0


def flip(chance: random.Random, data: bytearray) -> None:
    """Flip a bit."""
    if data:
        data[place(chance, data)] ^= 1 << chance.randrange(8)


def overwrite(chance: random.Random, data: bytearray) -> None:
    """Overwrite some bytes."""
    start = place(chance, data)
    data[start : start + 4] = chance.randbytes(4)


def extreme(chance: random.Random, data: bytearray) -> None:
    """Overwrite a number with a very large or a very small one."""
    start = place(chance, data)
    size = chance.choice([1, 2, 4])
    data[start : start + size] = chance.choice([b"\xff", b"\x00", b"\x7f", b"\x80"]) * size


def insert(chance: random.Random, data: bytearray) -> None:
    """Insert some bytes."""
    start = place(chance, data)
    data[start:start] = chance.randbytes(chance.choice([1, 4, 100]))


def remove(chance: random.Random, data: bytearray) -> None:
    """Remove some bytes."""
    start = place(chance, data)
    del data[start : start + chance.choice([1, 4, 100])]


def repeat(chance: random.Random, data: bytearray) -> None:
    """Repeat a part many times."""
    start = place(chance, data)
    part = data[start : start + chance.choice([1, 16, 200])]
    data[start:start] = part * chance.choice([1, 10, 100])


def cut(chance: random.Random, data: bytearray) -> None:
    """Cut the end off."""
    if chance.random() < 0.3:
        del data[place(chance, data) :]


def with_value(chance: random.Random, document: Any) -> Any:
    """Return a document with one of its values replaced."""
    if chance.random() < 0.3 or not isinstance(document, dict | list) or not document:
        return chance.choice(VALUES)
    keys = list(document) if isinstance(document, dict) else range(len(document))
    key = chance.choice(keys)
    document[key] = with_value(chance, document[key])
    return document


def content_type(chance: random.Random, right: str) -> str:
    """Return the right content type, or now and then another one."""
    return right if chance.random() < 0.8 else chance.choice(CONTENT_TYPES)


@functools.cache
def image(format_: str, which: int) -> bytes:
    """Return a drawing in a format."""
    drawn = drawings.drawing([drawings.SEVEN, drawings.ONE][which], mode="RGB", ink=(0, 0, 90), paper=(255, 255, 230))
    options = {"progressive": True} if format_ == "JPEG" and which else {}
    return drawings.encoded(drawn, format_, **options)


@functools.cache
def single_body() -> bytes:
    """Return a single request as JSON."""
    return json.dumps({"image": base64.b64encode(drawings.seven()).decode()}).encode()
