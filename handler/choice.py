"""What the alternatives of an image say together: shape proposed them, and the network says how digit-like they are."""

from collections.abc import Sequence

import numpy as np

from handler.calibration import Floats

BEST = -5.0  # logit of the ood score; better ones are no reason to prefer an alternative


def choose(penalties: Sequence[float], ood_scores: Floats, probabilities: Floats) -> tuple[int, Floats]:
    """Weigh the alternatives of an image by their odds of being its digit.

    Args:
        penalties: n logits of "this is a digit" that each of them must be better than others by.
        ood_scores: (n,) float64, 0 to 1.
        probabilities: (n, 10) float64, those of the digits if an alternative is the one.

    Returns:
        The index of the alternative that says most for the likeliest digit, and the (10,) probabilities of the digits.
    """
    scores = np.clip(ood_scores, 1e-9, 1 - 1e-9)
    ranks = np.maximum(np.log(scores / (1 - scores)), BEST) + penalties
    weights = np.exp(ranks.min() - ranks)
    parts = (weights / weights.sum())[:, None] * probabilities
    whole = parts.sum(axis=0)
    return int(parts[:, whole.argmax()].argmax()), whole
