import numpy as np
import pytest

from handler.preprocessing.alternatives import Alternatives
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.segments import Segments


def test_message_is_read_as_it_was_written() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (2, 28, 28), np.uint8)
    alternatives = Alternatives(pictures, (Box(1, 2, 3, 4), Box(5, 6, 7, 8)), (0.0, 2.5), several=True)
    read = Alternatives.from_bytes(alternatives.to_bytes())
    np.testing.assert_array_equal(read.pictures, pictures)
    assert read[1:] == alternatives[1:]


def test_message_that_is_cut_off_is_refused() -> None:
    alternatives = Alternatives(np.zeros((1, 28, 28), np.uint8), (Box(1, 2, 3, 4),))
    with pytest.raises(ValueError, match="reshape"):
        Alternatives.from_bytes(alternatives.to_bytes()[:-1])


def test_segments_are_read_as_they_were_written() -> None:
    ink = np.random.default_rng(1).integers(0, 256, (30, 50), np.uint8)
    read = Segments.from_bytes(Segments(ink, 199, 120).to_bytes())
    np.testing.assert_array_equal(read.ink, ink)
    assert (read.width, read.height, read.factor) == (199, 120, 4)
