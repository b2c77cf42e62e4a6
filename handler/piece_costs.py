"""How likely a piece of a number is one of its digits: its shape, and what the network says of it, as one cost.

The weights were fitted so that the right readings of numbers of the training writers have the largest share of the
weight of all readings. A cost is the negative logarithm of a weight, so it may be negative.
"""

import math

from handler.preprocessing.segmentation.number import Piece
from handler.recognizer import Recognition

DIGIT = 1.44  # of each digit
WRONG_ODDS, STRANGE_ODDS = 0.28, 0.27  # of the log odds of being wrong, and of being no digit
MIN_PROBABILITY = 1e-4  # what the network says is never surer

LOW, LOWER = 5.4, 5.9  # for each height of writing below LOW_HEIGHT, and below LOWER_HEIGHT
LOW_HEIGHT, LOWER_HEIGHT = 0.85, 0.6
WIDTH = 1.05  # for each height of writing
GAP, GAP_WIDTH = -0.7, 5.8  # of each gap between components, and for each height of writing
CUT, CUT_COST = 0.55, 2.0  # of each cut, and for each unit of its cost

OMISSION, OMITTED_SIZE = 0.53, 1.7  # of a low component that is left out, and for each height of writing


def omission_cost(piece: Piece) -> float:
    """Return what it costs to leave a component out, as a dot or a dash."""
    return OMISSION + OMITTED_SIZE * max(piece.width, piece.height)


def network_cost(recognition: Recognition) -> float:
    """Return the part of `digit_cost` that is the network's."""
    wrong = 1 - recognition["confidence"]
    return WRONG_ODDS * _log_odds(wrong) + STRANGE_ODDS * _log_odds(recognition["ood_score"])


def digit_cost(piece: Piece, width: float, height: float, recognition: Recognition) -> float:
    """Return what it costs to read a piece as a digit.

    Args:
        piece: What lies between two nodes.
        width: Of its ink, in heights of writing.
        height: Likewise.
        recognition: What the network says of it.
    """
    shape = (
        DIGIT
        + WIDTH * width
        + LOW * max(LOW_HEIGHT - height, 0)
        + LOWER * max(LOWER_HEIGHT - height, 0)
        + GAP * piece.gaps[0]
        + GAP_WIDTH * piece.gaps[1]
        + CUT * piece.cuts[0]
        + CUT_COST * piece.cuts[1]
    )
    return shape + network_cost(recognition)


def _log_odds(probability: float) -> float:
    limited = min(max(probability, MIN_PROBABILITY), 1 - MIN_PROBABILITY)
    return math.log(limited / (1 - limited))
