import io

import numpy as np
import pytest
from PIL import Image

from handler.preprocessing import MAX_BYTES
from tests.unit.train.synthesis.pictures.written import DRAWING, gray
from train.synthesis.pictures import BLANK_KINDS, KINDS, SLOW_KINDS, blank_picture, picture

FAST_KINDS = [kind for kind in KINDS if kind not in SLOW_KINDS]


def make(kind: str, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    return picture(kind, DRAWING, random) if kind in KINDS else blank_picture(kind, random)


@pytest.mark.parametrize("kind", [*FAST_KINDS, *BLANK_KINDS])
def test_same_seed_makes_the_same_picture_and_another_seed_another(kind: str) -> None:
    assert make(kind, 1) == make(kind, 1) != make(kind, 2)


@pytest.mark.parametrize("kind", [*FAST_KINDS, *BLANK_KINDS])
def test_service_accepts_and_decodes_every_picture(kind: str) -> None:
    for seed in range(5):
        encoded = make(kind, seed)
        assert len(encoded) <= MAX_BYTES
        assert min(gray(encoded).shape) >= 8


@pytest.mark.parametrize("kind", FAST_KINDS)
def test_digit_is_darker_or_lighter_than_what_is_around_it(kind: str) -> None:
    for seed in range(5):
        pixels = gray(make(kind, seed))
        assert np.ptp(pixels.astype(int)) > 25


def test_large_photograph_has_12_megapixels_and_may_be_sent() -> None:
    encoded = make("large-photograph", 0)
    with Image.open(io.BytesIO(encoded)) as image:
        assert image.width * image.height == 12_000_000
    assert len(encoded) <= MAX_BYTES


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        picture("oil-painting", DRAWING, np.random.default_rng(0))
