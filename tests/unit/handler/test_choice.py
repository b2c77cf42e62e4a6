import numpy as np

from handler.choice import choose
from handler.preprocessing import Alternatives
from handler.preprocessing.segmentation.box import Box

PICTURES = np.zeros((3, 28, 28), np.uint8)
BOXES = (Box(0, 0, 1, 1),) * 3


def test_alternative_most_like_a_digit_is_chosen() -> None:
    searched = Alternatives(PICTURES, BOXES, (0.0, 0.0, 0.0))
    assert choose(searched, [0.5, 0.1, 0.3]) == 1


def test_penalty_outweighs_a_slightly_better_score() -> None:
    searched = Alternatives(PICTURES, BOXES, (0.0, 5.0, 5.0))
    assert choose(searched, [0.5, 0.1, 0.3]) == 0
