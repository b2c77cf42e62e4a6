"""Which of an image's alternatives is its digit: shape proposed them, and the network says how digit-like they are."""

from collections.abc import Sequence

import numpy as np

from handler.preprocessing import Alternatives

DOUBT = 0.5  # ood score of a drawing on a plain background from which on other alternatives are judged, too
BEST = -5.0  # logit of the ood score; better ones are no reason to prefer an alternative
PART_OF_DRAWING = 2.0  # logits that a part of a drawing must be better than all of it: parts of letters are like digits


def choose(alternatives: Alternatives, ood_scores: Sequence[float], *, is_doubtful: bool) -> int:
    """Return the index of the alternative that is most like a digit, after its penalty.

    Args:
        alternatives: Those of one image.
        ood_scores: For each of them, 0 to 1.
        is_doubtful: Whether the first one is. Of a drawing on a plain background it is chosen otherwise.
    """
    if alternatives.is_plain and (not is_doubtful or len(ood_scores) == 1):
        return 0
    scores = np.clip(np.asarray(ood_scores, np.float64), 1e-9, 1 - 1e-9)
    ranks = np.maximum(np.log(scores / (1 - scores)), BEST) + alternatives.penalties
    if alternatives.is_plain:
        ranks[1:] += PART_OF_DRAWING
    return int(ranks.argmin())
