"""WebP files whose chunks, frames or canvas cost far more than they weigh; written chunk by chunk."""

import io
import struct

import numpy as np
from PIL import Image

ALPHA, ANIMATION, EXIF, XMP, ICC = 0x10, 0x02, 0x08, 0x04, 0x20  # flags of VP8X


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a RIFF chunk, padded to an even length."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def riff(*chunks: bytes) -> bytes:
    """Return a WebP file of chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas_chunk(width: int, height: int, flags: int = 0) -> bytes:
    """Return a VP8X chunk, which declares features and the size of the canvas."""
    return chunk(b"VP8X", struct.pack("<B3x", flags) + _u24(width - 1) + _u24(height - 1))


def _u24(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def image_chunks(image: Image.Image, **options: object) -> bytes:
    """Return the chunks of an image without those of the container: VP8 or VP8L, and ALPH before it."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", **options)
    body = buffer.getvalue()[12:]
    return body[18:] if body[:4] == b"VP8X" else body


def _paper(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), (255, 255, 255, 255)[: len(mode)])


def webp_of_form(width: int, height: int, *, lossless: bool = False, alpha: bool = False) -> bytes:
    """Return paper, whose alpha (if any) is not constant, so that it is stored."""
    image = _paper(width, height, "RGBA" if alpha else "RGB")
    if alpha:
        image.putpixel((0, 0), (9, 99, 9, 7))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=lossless, method=0)
    return buffer.getvalue()


def webp_with_chunks(count: int, kind: bytes = b"XMP ", data: bytes = b"", side: int = 64) -> bytes:
    """Return a small WebP with `count` more chunks after its image."""
    flags = {b"XMP ": XMP, b"EXIF": EXIF}.get(kind, 0)
    return riff(canvas_chunk(side, side, flags), image_chunks(_paper(side, side)), chunk(kind, data) * count)


def webp_canvas(width: int, height: int, frame_width: int, frame_height: int, *, animated: bool = True) -> bytes:
    """Return a WebP whose canvas and image differ in size: only an animation may have that."""
    image = image_chunks(_paper(frame_width, frame_height))
    if not animated:
        return riff(canvas_chunk(width, height), image)
    return _animation(width, height, [_frame(frame_width, frame_height, image)])


def _frame(width: int, height: int, image: bytes, x: int = 0, y: int = 0) -> bytes:
    place = _u24(x // 2) + _u24(y // 2) + _u24(width - 1) + _u24(height - 1) + _u24(100) + b"\0"
    return chunk(b"ANMF", place + image)


def _animation(width: int, height: int, frames: list[bytes]) -> bytes:
    return riff(canvas_chunk(width, height, ANIMATION), chunk(b"ANIM", b"\xff" * 4 + b"\0\0"), *frames)


def webp_animated(frames: int, width: int, height: int, frame_side: int = 8) -> bytes:
    """Return an animation: a canvas, and as many small frames."""
    image = image_chunks(_paper(frame_side, frame_side), lossless=True)
    return _animation(width, height, [_frame(frame_side, frame_side, image)] * frames)


def busy_webp(width: int, height: int, limit: int) -> bytes:
    """Return a lossy WebP of noise, as fine as fits into `limit` bytes: as much to decode as the bytes allow."""
    random = np.random.default_rng(0)
    for grain in (8, 16, 32, 64):
        small = random.integers(0, 256, (-(-height // grain), -(-width // grain), 3), dtype=np.uint8)
        image = Image.fromarray(small).resize((width, height), Image.Resampling.NEAREST)
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=20, method=0)
        if len(buffer.getvalue()) <= limit:
            return buffer.getvalue()
    raise ValueError(f"Noise of {width}×{height} pixels does not fit into {limit} bytes.")


def busy_lossless_webp(width: int, height: int, limit: int) -> bytes:
    """Return a lossless WebP of paper with as much noise in a corner as fits into `limit` bytes."""
    side = int((limit / 3.5) ** 0.5)
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    image = _paper(width, height)
    image.paste(Image.fromarray(noise))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=True, method=1)
    return buffer.getvalue()
