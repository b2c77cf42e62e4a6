import numpy as np

from train.data.labeled_images import NEGATIVE
from train.data.strokes import Drawing
from train.synthesis.searched import find

ANGLES = np.linspace(0, 6.2, 60)
RING = np.stack([np.cos(ANGLES), 1.3 * np.sin(ANGLES)], axis=1).astype(np.float32) * 100


def test_what_is_found_is_the_digit_or_a_negative() -> None:
    random = np.random.default_rng(0)
    found = [one for one in (find(Drawing("0", (RING,), "w", "s"), random) for _ in range(25)) if one]
    assert {label for _, label in found} <= {0, NEGATIVE}
    digits = [picture for picture, label in found if label == 0]
    assert len(digits) > 8
    for picture in digits:
        assert picture.shape == (28, 28)
        assert picture[13:15, 13:15].mean() < 80  # the middle of the ring is empty
