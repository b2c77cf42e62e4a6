"""Drawings to send: simple ones made here, and the real ones of MNIST."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

# Polylines on a canvas of 280 by 280, as a person would draw them.
SEVEN = [(70, 60), (205, 60), (165, 130), (125, 225)]
ONE = [(110, 95), (150, 55), (150, 225)]


def drawing(points: list[tuple[int, int]], *, ink: Any = 0, paper: Any = 255, mode: str = "L") -> Image.Image:
    """Draw a polyline with a round pen."""
    image = Image.new(mode, (280, 280), paper)
    pen = ImageDraw.Draw(image)
    pen.line(points, fill=ink, width=22, joint="curve")
    for x, y in points:
        pen.ellipse((x - 11, y - 11, x + 11, y + 11), fill=ink)
    return image


def encoded(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """Return the image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def seven() -> bytes:
    """Return a 7, dark on light, as PNG."""
    return encoded(drawing(SEVEN))


def one() -> bytes:
    """Return a 1, dark on light, as PNG."""
    return encoded(drawing(ONE))


def row(*lines: list[tuple[int, int]], gap: int = 40) -> Image.Image:
    """Draw polylines side by side; `gap` is the number of pixels between them, below 0 where they overlap."""
    drawn = [np.asarray(drawing(points)) for points in lines]
    page = np.full((280, 120 + sum(gap + 280 for _ in lines)), 255, np.uint8)
    right = 60 - gap
    for ink in drawn:
        columns = np.flatnonzero(ink.min(axis=0) < 255)
        left, width = right + gap, columns[-1] + 1 - columns[0]
        place = page[:, left : left + width]
        np.minimum(place, ink[:, columns[0] : columns[0] + width], out=place)
        right = left + width
    return Image.fromarray(page[:, : right + 60])


def number() -> bytes:
    """Return 17, dark on light, as PNG."""
    return encoded(row(ONE, SEVEN))


def blank() -> bytes:
    """Return white paper as PNG."""
    return encoded(Image.new("L", (280, 280), 255))


def noise(size: int, seed: int = 0) -> bytes:
    """Return an uncompressible PNG of size × size pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size), dtype=np.uint8)
    return encoded(Image.fromarray(pixels))


def mnist(data_dir: Path, count: int) -> tuple[list[bytes], list[int]]:
    """Return the first `count` of MNIST's test images as PNG, and their labels."""
    raw = data_dir / "MNIST" / "raw"
    images = (raw / "t10k-images-idx3-ubyte").read_bytes()
    labels = (raw / "t10k-labels-idx1-ubyte").read_bytes()
    assert struct.unpack(">I", images[:4]) == (2051,)
    pixels = np.frombuffer(images, np.uint8, count * 784, offset=16).reshape(count, 28, 28)
    return [encoded(Image.fromarray(picture)) for picture in pixels], list(labels[8 : 8 + count])
