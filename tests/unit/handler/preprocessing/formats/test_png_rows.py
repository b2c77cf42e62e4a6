import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import ImageTooLarge
from handler.preprocessing.decoding import decode, open_image
from handler.preprocessing.formats.png_rows import count_paeth_differences, layout
from handler.preprocessing.limits import MAX_PAETH_DIFFERENCES, UNCHECKED_ROW_BYTES
from tests.hostile_images import png


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from([1, 2, 4, 8, 16, 24, 32, 48, 64]))
def test_passes_of_an_interlaced_png_hold_each_pixel_once(width: int, height: int, bits: int) -> None:
    passes = layout(width, height, 8, interlaced=True)
    assert sum((length - 1) * rows for length, rows in passes) == width * height
    assert layout(width, height, bits, interlaced=False) == [(1 + -(-width * bits // 8), height)]


@given(st.lists(st.tuples(st.integers(0, 4), st.binary(min_size=5, max_size=5)), min_size=1, max_size=30))
def test_only_what_the_paeth_filter_changes_counts(rows: list[tuple[int, bytes]]) -> None:
    data = zlib.compress(b"".join(bytes((filter_,)) + row for filter_, row in rows))
    expected = sum(5 - row.count(0) for filter_, row in rows if filter_ == 4)
    assert count_paeth_differences(data, [(6, len(rows))], 999) == expected
    assert count_paeth_differences(data, [(6, len(rows)), (6, 9)], 999) == expected  # it ends early
    assert count_paeth_differences(data[: len(data) // 2], [(6, len(rows))], 999) <= expected
    assert count_paeth_differences(b"damaged", [(6, len(rows))], 999) == 0


def test_rows_of_several_megabytes_are_counted_in_parts() -> None:
    data = zlib.compress((b"\4" + b"\1" * 999) * 5000)
    assert count_paeth_differences(data, [(1000, 3000), (500, 4000)], 10**7) == 999 * 3000 + 499 * 2000


def test_count_ends_soon_after_the_limit() -> None:
    data = zlib.compress((b"\4" + b"\1" * 999) * 50_000)
    assert 1000 < count_paeth_differences(data, [(1000, 50_000)], 1000) < 2_000_000


def test_noise_is_refused_only_where_it_is_large() -> None:
    assert decode(open_image(png.noisy_png(4096, 4096))).any()
    assert UNCHECKED_ROW_BYTES > 4096 * 4096
    with pytest.raises(ImageTooLarge, match=f"at most {UNCHECKED_ROW_BYTES} bytes of pixels, or as a JPEG"):
        decode(open_image(png.noisy_png(4096, 4096, 8, png.RGB)))
    assert decode(open_image(png.noisy_png(4096, 4096, 8, png.RGB, filter_=2))).any()
    assert MAX_PAETH_DIFFERENCES < 4096 * 4096
