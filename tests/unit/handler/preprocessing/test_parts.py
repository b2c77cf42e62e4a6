"""How many parts ordinary files have: chunks, segments and blocks."""

from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from handler.preprocessing.decoding import open_image
from handler.preprocessing.limits import MAX_BYTES
from tests import drawings
from tests.hostile_images import png


def ordinary_files() -> dict[str, bytes]:
    """Return small and large files with as many parts as programs write."""
    drawing = drawings.drawing(drawings.SEVEN)
    tiny, large = drawing.resize((64, 64)), drawing.resize((1500, 1500))
    noise = Image.effect_noise((1000, 1000), 100)
    texts = PngImagePlugin.PngInfo()
    for number in range(40):
        texts.add_text(f"key {number}", "value")
    frames = [tiny.rotate(10 * turn, fillcolor=255) for turn in range(36)]
    return {
        "PNG with many texts": drawings.encoded(tiny, pnginfo=texts),
        "PNG of chunks of 8 KiB": recut(drawings.encoded(noise), 8192),
        "PNG of chunks of 256 bytes": recut(drawings.encoded(noise)[: MAX_BYTES // 2], 256),
        "APNG": drawings.encoded(tiny, save_all=True, append_images=frames),
        "progressive JPEG": drawings.encoded(large.convert("RGB"), "JPEG", progressive=True, restart_marker_blocks=1),
        "progressive JPEG, tiny": drawings.encoded(tiny.convert("RGB"), "JPEG", progressive=True),
        "JPEG with profile": drawings.encoded(large.convert("RGB"), "JPEG", icc_profile=bytes(500_000)),
        "animated GIF": drawings.encoded(tiny, "GIF", save_all=True, append_images=frames),
        "animated WebP": drawings.encoded(tiny, "WEBP", save_all=True, append_images=frames),
        "MPO": drawings.encoded(large, "MPO", save_all=True, append_images=[large, large]),
    }


def recut(file: bytes, size: int) -> bytes:
    """Return a PNG with its data in chunks of `size` bytes."""
    data = b"".join(chunk[8:-4] for chunk in png_chunks(file) if chunk[4:8] == b"IDAT")
    chunks = [png.chunk(b"IDAT", data[start : start + size]) for start in range(0, len(data), size)]
    return file[:33] + b"".join(chunks) + png.chunk(b"IEND")


def png_chunks(file: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(file):
        end = place + 12 + int.from_bytes(file[place : place + 4])
        yield file[place:end]
        place = end


def test_ordinary_file_has_no_more_parts_than_are_allowed() -> None:
    for kind, file in ordinary_files().items():
        assert open_image(file).width >= 64, kind
