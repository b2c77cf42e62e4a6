"""Which of an image's alternatives is its digit: shape proposed them, and the network says how digit-like they are."""

from collections.abc import Sequence

import numpy as np

from handler.preprocessing import Alternatives

BEST = -5.0  # logit of the ood score; better ones are no reason to prefer an alternative


def choose(alternatives: Alternatives, ood_scores: Sequence[float]) -> int:
    """Return the index of the alternative that is most like a digit, after its penalty.

    Args:
        alternatives: Those of one image.
        ood_scores: For each of them, 0 to 1.
    """
    if len(ood_scores) == 1:  # nearly every drawing
        return 0
    scores = np.clip(np.asarray(ood_scores, np.float64), 1e-9, 1 - 1e-9)
    ranks = np.maximum(np.log(scores / (1 - scores)), BEST) + alternatives.penalties
    return int(ranks.argmin())
