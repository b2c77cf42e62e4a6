import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from handler.decoding import Pixels
from handler.png import encode_png


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 255)))
def test_any_picture_is_read_back_as_it_was(picture: Pixels) -> None:
    image = Image.open(io.BytesIO(encode_png(picture)))
    image.verify()  # the chunks' checksums
    image = Image.open(io.BytesIO(encode_png(picture)))
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), picture)


@pytest.mark.parametrize("order", ["C", "F"])
def test_picture_that_is_a_view_is_encoded_row_by_row(order: str) -> None:
    picture = np.asarray(np.arange(28 * 30, dtype=np.uint8).reshape(28, 30), order=order)[:, 1:29]  # type: ignore[call-overload]
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_png(picture)))), picture)
