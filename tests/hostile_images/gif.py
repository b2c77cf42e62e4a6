"""GIF files whose blocks, frames or screen cost far more than they weigh; written block by block."""

import struct
from collections.abc import Iterator

TRAILER = b";"
_CLEAR, _END, _MAX_CODE = 4, 5, 4095  # of LZW with two bits a pixel


def screen(width: int, height: int) -> bytes:
    """Return the header of a screen with a palette of four grays."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x81, 0, 0) + bytes.fromhex("ffffff 000000 808080 404040")


def blocks(data: bytes, size: int = 255) -> bytes:
    """Return data in sub-blocks of at most `size` bytes, and the empty one that ends them."""
    parts = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def extension(label: int, data: bytes, size: int = 255) -> bytes:
    """Return an extension: 0xFE is a comment, 0xF9 a frame's control, 0xFF an application's."""
    return bytes((0x21, label)) + blocks(data, size)


def _codes(pixels: int) -> Iterator[tuple[int, int]]:
    """Yield the LZW codes, each with its width in bits, of as many pixels of color 0: each is one pixel longer."""
    bits = 3
    while pixels:
        yield _CLEAR, bits
        yield 0, 3
        pixels -= 1
        for code in range(_END + 1, _MAX_CODE + 1):
            bits = max(code.bit_length(), 3)
            if not pixels:
                break
            run = min(code - _END + 1, pixels)
            yield (run + _END - 1 if run > 1 else 0), bits
            pixels -= run
    yield _END, bits


def lzw(pixels: int) -> bytes:
    """Return the compressed data of as many pixels of color 0."""
    number, place = 0, 0
    for code, bits in _codes(pixels):
        number |= code << place
        place += bits
    return number.to_bytes(-(-place // 8), "little")


def frame(width: int, height: int, *, x: int = 0, y: int = 0, interlaced: bool = False, block: int = 255) -> bytes:
    """Return a frame of white paper at a place of the screen, its data in sub-blocks of at most `block` bytes."""
    place = struct.pack("<HHHHB", x, y, width, height, 0x40 * interlaced)
    return b"," + place + b"\x02" + blocks(lzw(width * height), block)


def gif_screen(width: int, height: int, frame_width: int, frame_height: int, *, interlaced: bool = False) -> bytes:
    """Return a GIF with one frame on a screen of another size."""
    return screen(width, height) + frame(frame_width, frame_height, interlaced=interlaced) + TRAILER


def gif_with_frame_beyond_screen(width: int, height: int, x: int, y: int) -> bytes:
    """Return a GIF with a screen of one pixel, and a frame whose place makes it larger."""
    return screen(1, 1) + frame(width, height, x=x, y=y) + TRAILER


def gif_with_comments(size: int, block: int = 255) -> bytes:
    """Return a small GIF with a comment of `size` bytes in sub-blocks of at most `block`."""
    return screen(64, 64) + extension(0xFE, b"x" * size, block) + frame(64, 64) + TRAILER


def gif_with_extensions(count: int, label: int = 0xFE) -> bytes:
    """Return a small GIF with `count` extensions before its frame, nearly empty."""
    return screen(64, 64) + extension(label, bytes(4)) * count + frame(64, 64) + TRAILER


def gif_with_frames(count: int, width: int = 64, height: int = 64) -> bytes:
    """Return an animation of as many frames."""
    return screen(width, height) + frame(width, height) * count + TRAILER


def gif_with_tiny_blocks(width: int, height: int) -> bytes:
    """Return a GIF whose data comes in sub-blocks of one byte."""
    return screen(width, height) + frame(width, height, block=1) + TRAILER
