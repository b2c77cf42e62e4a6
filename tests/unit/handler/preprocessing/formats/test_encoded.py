import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handler.errors import ImageTooLarge
from handler.preprocessing.formats.encoded import check_parts, exif_orientation, max_parts
from handler.preprocessing.limits import MAX_BYTES, MAX_PARTS
from tests.hostile_images import jpeg


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_orientation_is_found_among_other_tags(orientation: int, prefix: bytes) -> None:
    assert exif_orientation(prefix + jpeg.exif_entries(5000, orientation)) == orientation


@pytest.mark.parametrize("order", ["II", "MM"])
def test_both_byte_orders_are_read(order: str) -> None:
    exif = Image.Exif()
    exif.endian = "<" if order == "II" else ">"
    exif[0x0112] = 6
    exif[0x010F] = "maker"
    data = exif.tobytes()
    assert order.encode() in data[:8]
    assert exif_orientation(data) == 6


@given(st.binary(max_size=60))
def test_any_bytes_have_an_orientation(data: bytes) -> None:
    assert exif_orientation(data) in range(1, 9)
    assert exif_orientation(b"II*\0" + data) in range(1, 9)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientation_that_does_not_exist_is_upright(orientation: int) -> None:
    assert exif_orientation(jpeg.exif_entries(1, orientation)) == 1


def test_parts_up_to_the_limit_are_accepted() -> None:
    for size in (0, 100, 10_000, MAX_BYTES):
        most = max_parts(size)
        check_parts(most, "chunks", size)
        with pytest.raises(ImageTooLarge, match=f"over {most} chunks.* {size} bytes.*save it again"):
            check_parts(most + 1, "chunks", size)


def test_small_file_may_have_fewer_parts_than_a_large_one() -> None:
    assert 50 < max_parts(0) < max_parts(20_000) < 300
    assert max_parts(MAX_BYTES) == MAX_PARTS
