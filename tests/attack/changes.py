"""Random changes of bytes and of JSON."""

import random
from collections.abc import Callable
from typing import Any

VALUES: list[Any] = [
    None, True, -1, 0.5, 1e308, 10**400, "", "=", "====", "\0", "\ud800", "é" * 1000, "data:image/png;base64,",
    [], {}, [[]], [None] * 300, {"b64": ""}, {"image": {"b64": None}}, "A" * 100_000,
]  # fmt: skip


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
