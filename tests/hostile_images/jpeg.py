"""JPEG files whose scans, segments or fill bytes cost far more than they weigh; written marker by marker."""

import io
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests import drawings

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
BASELINE, PROGRESSIVE, ARITHMETIC, ARITHMETIC_PROGRESSIVE = 0xC0, 0xC2, 0xC9, 0xCA
COM, APP0, APP1, DHT, DQT, DRI, SOS = 0xFE, 0xE0, 0xE1, 0xC4, 0xDB, 0xDD, 0xDA

# Huffman tables of two codes: the code 0 is the only one that the data uses, which then is nothing but zero bytes.
_ONE_CODE = bytes((1, 1, *[0] * 14))
_DC_TABLE = b"\x00" + _ONE_CODE + b"\x00\x01"  # 0: the same gray as the block before
_AC_TABLE = b"\x10" + _ONE_CODE + b"\xe0\x00"  # 0: a run of 2¹⁴ empty blocks, and 14 bits that add to it
_RUN_BLOCKS, _RUN_BITS = 1 << 14, 15
_LEVELS = 14  # bits of a coefficient, each of which may come in a scan of its own


def segment(marker: int, data: bytes) -> bytes:
    """Return a marker segment."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def frame(marker: int, width: int, height: int, samplings: tuple[int, ...] = (0x11,), bits: int = 8) -> bytes:
    """Return a frame header; a sampling has the horizontal factor in its high and the vertical in its low digit."""
    components = b"".join(bytes((i, sampling, 0)) for i, sampling in enumerate(samplings, 1))
    return segment(marker, struct.pack(">BHHB", bits, height, width, len(samplings)) + components)


def _file(frame_header: bytes, scans: bytes, before: bytes = b"") -> bytes:
    tables = segment(DQT, bytes((0, *[1] * 64))) + segment(DHT, _DC_TABLE) + segment(DHT, _AC_TABLE)
    return SOI + before + tables + frame_header + scans + EOI


def _scan(component: int, band: tuple[int, int], bits: tuple[int, int], data: bytes) -> bytes:
    return segment(SOS, bytes((1, component, 0, *band, bits[0] << 4 | bits[1]))) + data


def progressive_jpeg(
    width: int,
    height: int,
    scans: int,
    components: int = 1,
    *,
    empty: bool = False,
    marker: int = PROGRESSIVE,
    fill: int = 0,
    limit: int | None = None,
) -> bytes:
    """Return a progressive JPEG of white or gray paper.

    Args:
        width, height: Pixels.
        scans: One of each component brings its mean gray; each further one a bit of a coefficient of all blocks, in
            an order that is legal for 63 × 14 scans a component.
        components: 1, 3 or 4.
        empty: Leave the scans' data out, which a decoder then makes up.
        marker: `PROGRESSIVE`, or `ARITHMETIC_PROGRESSIVE`.
        fill: Bytes 0xFF before each scan.
        limit: Bytes of the file: scans beyond it are left out.
    """
    blocks = -(-width // 8) * -(-height // 8)
    gray = b"" if empty else bytes(-(-blocks // 8))
    runs = b"" if empty else bytes(-(-(-(-blocks // _RUN_BLOCKS) * _RUN_BITS) // 8))

    def parts() -> Iterator[bytes]:
        for number in range(scans):
            component, step = number % components + 1, number // components
            if step == 0:
                yield b"\xff" * fill + _scan(component, (0, 0), (0, 0), gray)
                continue
            level, coefficient = divmod(step - 1, 63)
            bit = max(_LEVELS - 1 - level, 0)
            high = bit + 1 if level else 0
            yield b"\xff" * fill + _scan(component, (coefficient + 1, coefficient + 1), (high, bit), runs)

    return _joined(frame(marker, width, height, (0x11,) * components), parts(), limit)


def _joined(frame_header: bytes, parts: Iterator[bytes], limit: int | None) -> bytes:
    file = bytearray(_file(frame_header, b"")[:-2])
    for part in parts:
        if limit is not None and len(file) + len(part) + 2 > limit:
            break
        file += part
    return bytes(file) + EOI


def sequential_jpeg(
    width: int, height: int, scans: int, *, samplings: tuple[int, ...] = (0x11,), marker: int = BASELINE
) -> bytes:
    """Return a JPEG that is not progressive and yet has many scans, of components in turn, all without data."""
    parts = (_scan(number % len(samplings) + 1, (0, 63), (0, 0), b"") for number in range(scans))
    return _joined(frame(marker, width, height, samplings), parts, None)


def small_jpeg(**options: object) -> bytes:
    """Return a drawing as an ordinary JPEG."""
    return drawings.encoded(drawings.drawing(drawings.SEVEN), "JPEG", **options)


def jpeg_with_fill_bytes(size: int, *, before_scan: bool = True) -> bytes:
    """Return a drawing padded to `size` bytes with 0xFF before a marker: of its scan, or of its first segment."""
    file = small_jpeg()
    place = file.index(b"\xff\xda") if before_scan else 2
    return file[:place] + b"\xff" * (size - len(file)) + file[place:]


def jpeg_with_junk(size: int, junk: bytes = b"\0") -> bytes:
    """Return a drawing padded to `size` bytes with what is no marker."""
    file = small_jpeg()
    place = file.index(b"\xff\xda")
    return file[:place] + (junk * size)[: size - len(file)] + file[place:]


def jpeg_with_segments(count: int, marker: int = COM, data: bytes = b"") -> bytes:
    """Return a drawing with `count` more segments, such as empty comments."""
    file = small_jpeg()
    return file[:2] + segment(marker, data) * count + file[2:]


def jpeg_with_tables(count: int, marker: int = DHT) -> bytes:
    """Return a drawing with `count` more tables (`DHT` or `DQT`) before its own."""
    return jpeg_with_segments(count, marker, _AC_TABLE if marker == DHT else bytes((0, *[1] * 64)))


def exif_entries(count: int, orientation: int = 1) -> bytes:
    """Return EXIF data with a directory of `count` entries; the last is the orientation."""
    filler = b"".join(struct.pack("<HHII", 0x1000 + i % 0x1000, 3, 1, 0) for i in range(count - 1))
    last = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    return b"II*\0" + struct.pack("<IH", 8, count) + filler + last + bytes(4)


def jpeg_with_exif_entries(count: int, orientation: int = 1, segments: int = 1) -> bytes:
    """Return a drawing with large EXIF data (at most 5,400 entries), in as many segments."""
    return jpeg_with_segments(segments, APP1, b"Exif\0\0" + exif_entries(count, orientation))


def jpeg_with_restart_markers(width: int, height: int) -> bytes:
    """Return a JPEG that starts again after each of its blocks."""
    blocks = -(-width // 8) * -(-height // 8)
    data = b"".join(bytes((0x3F, 0xFF, 0xD0 + number % 8)) for number in range(blocks))
    tables = segment(DHT, b"\x10" + _ONE_CODE + b"\x00\xe0") + segment(DRI, struct.pack(">H", 1))
    return _file(frame(BASELINE, width, height), tables + _scan(1, (0, 63), (0, 0), data))


def jpeg_with_frames(count: int) -> bytes:
    """Return `count` JPEG images one after the other in a file, as a camera's MPO has them."""
    image = drawings.drawing(drawings.SEVEN)
    return drawings.encoded(image, "MPO", save_all=True, append_images=[image] * (count - 1))


def busy_jpeg(width: int, height: int, limit: int, mode: str = "RGB", **options: object) -> bytes:
    """Return a JPEG of noise, as fine as fits into `limit` bytes: as much to decode as the bytes allow."""
    noise = np.random.default_rng(0).integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    image = Image.frombytes(mode, (width, height), noise.tobytes())
    best = b""
    for quality in (1, 2, 4, 8, 16, 32, 64, 95):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, **options)
        if len(buffer.getvalue()) > limit:
            break
        best = buffer.getvalue()
    if not best:
        raise ValueError(f"Noise of {width}×{height} pixels does not fit into {limit} bytes.")
    return best
