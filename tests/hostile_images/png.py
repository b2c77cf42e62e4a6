"""PNG files whose chunks or pixels cost far more than they weigh; written chunk by chunk."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
PAETH = 4


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """Return a chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, bits: int = 8, color: int = GRAY, *, interlaced: bool = False) -> bytes:
    """Return the signature and IHDR."""
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, interlaced))


def _rows(width: int, height: int, bits_per_pixel: int, filter_: int) -> tuple[bytes, int]:
    return bytes((filter_,)) + bytes(-(-width * bits_per_pixel // 8)), height


def _compressed(parts: list[tuple[bytes, int]]) -> bytes:
    compressor = zlib.compressobj(9)
    compressed = b"".join(compressor.compress(row) for row, count in parts for _ in range(count))
    return compressed + compressor.flush()


def png_of_form(
    width: int,
    height: int,
    bits: int = 8,
    color: int = GRAY,
    *,
    interlaced: bool = False,
    filter_: int = PAETH,
    before_data: bytes = b"",
    after_data: bytes = b"",
) -> bytes:
    """Return black paper of any depth, color type and interlacing, its rows filtered at the greatest cost.

    Args:
        width, height: Pixels.
        bits: Bits of a channel: 1, 2, 4, 8 or 16.
        color: `GRAY`, `RGB`, `PALETTE`, `GRAY_ALPHA` or `RGBA`.
        interlaced: Whether rows come in the seven passes of Adam7.
        filter_: The filter of all rows.
        before_data, after_data: More chunks.
    """
    depth = bits * CHANNELS[color]
    if interlaced:
        passes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in ADAM7]
        parts = [_rows(w, h, depth, filter_) for w, h in passes if w > 0 and h > 0]
    else:
        parts = [_rows(width, height, depth, filter_)]
    palette = chunk(b"PLTE", bytes(range(256)) * 3) if color == PALETTE and bits == 8 else b""
    if color == PALETTE and bits < 8:
        palette = chunk(b"PLTE", bytes(3 << bits))
    start = header(width, height, bits, color, interlaced=interlaced) + palette + before_data
    return start + chunk(b"IDAT", _compressed(parts)) + after_data + chunk(b"IEND")


def noisy_png(width: int, height: int, bits: int = 8, color: int = GRAY, filter_: int = PAETH) -> bytes:
    """Return noise that repeats itself, so that it is small, and each byte of which is the slowest to decode."""
    length = width * bits * CHANNELS[color] // 8
    noise = np.random.default_rng(0).integers(0, 256, min(length, 8000), dtype=np.uint8).tobytes()
    row = bytes((filter_,)) + (noise * (length // len(noise) + 1))[:length]
    return header(width, height, bits, color) + chunk(b"IDAT", _compressed([(row, height)])) + chunk(b"IEND")


def bomb(size: int) -> bytes:
    """Return compressed zeros that inflate to `size` bytes."""
    return zlib.compress(bytes(size), 9)


def png_with_chunks(count: int, kind: bytes = b"teXt", data: bytes = b"", side: int = 64) -> bytes:
    """Return a small PNG with `count` more chunks before its data."""
    return png_of_form(side, side, before_data=chunk(kind, data) * count)


def png_with_iccp_bombs(count: int, inflated: int = 1 << 20, side: int = 64) -> bytes:
    """Return a small PNG with `count` color profiles, each of which inflates to `inflated` bytes."""
    return png_with_chunks(count, b"iCCP", b"profile\0\0" + bomb(inflated), side)


def png_with_text_bombs(count: int, inflated: int = 1 << 20, kind: bytes = b"zTXt", side: int = 64) -> bytes:
    """Return a small PNG with `count` texts (zTXt or iTXt), each of which inflates to `inflated` bytes."""
    start = b"text\0\0" if kind == b"zTXt" else b"text\0\1\0\0\0"
    return png_with_chunks(count, kind, start + bomb(inflated), side)


def png_with_split_data(count: int, side: int = 64) -> bytes:
    """Return a small PNG whose data comes in one chunk after `count` empty ones."""
    return png_with_chunks(count, b"IDAT", side=side)


def png_with_trailing_pixels(side: int, inflated: int) -> bytes:
    """Return a small PNG whose data inflates to `inflated` bytes more than its rows take."""
    data = zlib.compress(bytes(side * (side + 1) + inflated), 9)
    return header(side, side) + chunk(b"IDAT", data) + chunk(b"IEND")


def animated_png(frames: int, width: int, height: int, *, data: bytes = b"") -> bytes:
    """Return a PNG of `frames` frames, each of the picture's size; the picture itself is the first."""
    number = 0
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0))]
    for frame in range(frames):
        control = struct.pack(">IIIIIHHBB", number, width, height, 0, 0, 1, 10, 1, 0)
        parts.append(chunk(b"fcTL", control))
        number += 1
        if frame == 0:
            parts.append(chunk(b"IDAT", _compressed([_rows(width, height, 8, PAETH)])))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", number) + (data or bomb(height * (width + 1)))))
            number += 1
    return header(width, height) + b"".join(parts) + chunk(b"IEND")
