import numpy as np
import pytest

from handler.errors import BlankImage
from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.background import find_local_ink


def paper(level: float, deviation: float, seed: int = 0, side: int = 200) -> Pixels:
    noise = np.random.default_rng(seed).normal(level, deviation, (side, side))
    return np.asarray(noise.clip(0, 255), np.uint8)


@pytest.mark.parametrize("level", [20, 90, 160, 240])
@pytest.mark.parametrize("deviation", [0, 2, 5, 10])
def test_blank_noisy_paper_is_blank(level: int, deviation: int) -> None:
    for seed in range(3):
        with pytest.raises(BlankImage):
            find_local_ink(paper(level, deviation, seed), lossy=True)


def test_the_edge_of_a_shadow_is_not_ink() -> None:
    pixels = paper(200, 2)
    pixels[60:140, 60:68] //= 4
    pixels[:, 110:] //= 2
    ink = find_local_ink(pixels, lossy=False)
    assert (ink[65:135, 62:66] > 128).all()
    assert not ink[:, 75:].any()
