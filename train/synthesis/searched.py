"""What serving's search finds in pictures that people take: the digit, or something else."""

import numpy as np

from handler.errors import ApiError
from handler.preprocessing import Pixels
from handler.preprocessing.decoding import open_image
from handler.preprocessing.limits import MAX_PIXELS
from handler.preprocessing.preparation import prepare
from train.data.labeled_images import NEGATIVE
from train.data.strokes import Drawing
from train.synthesis.pictures import BLANK_KINDS, KINDS, SLOW_KINDS, blank_picture, picture
from train.synthesis.rendering import picture_of

QUICK_KINDS = tuple(kind for kind in KINDS if kind not in SLOW_KINDS)
BLANKS = 0.15  # share of pictures on which nothing is written
OTHERS = 0.3  # share of other things among what is taken from a picture with a digit, where there are any
# Correlation with the clean drawing: of the digit, and of what is another thing, such as a frame or a shadow.
DIGIT, OTHER = 0.6, 0.25


def find(drawing: Drawing, random: np.random.Generator) -> tuple[Pixels, int] | None:
    """Make a picture of a random kind, with the drawn digit or blank, and return one thing that is found in it.

    Returns:
        A (28, 28) uint8 picture as the network sees it, with its label: that of the digit, or `NEGATIVE`. None if
        nothing is found, or nothing that is clearly the one or the other.
    """
    if random.random() < BLANKS:
        found = _alternatives(blank_picture(str(random.choice(BLANK_KINDS)), random))
        return None if found is None else (found[int(random.integers(len(found)))], NEGATIVE)
    found = _alternatives(picture(str(random.choice(QUICK_KINDS)), drawing, random))
    if found is None:
        return None
    clean = picture_of(drawing.strokes).ravel()
    likeness = np.array([np.corrcoef(clean, one.ravel())[0, 1] for one in found])
    others = np.flatnonzero(likeness < OTHER)
    if len(others) and random.random() < OTHERS:
        return found[int(random.choice(others))], NEGATIVE
    best = int(likeness.argmax())
    return (found[best], int(drawing.label)) if likeness[best] > DIGIT else None


def _alternatives(image: bytes) -> Pixels | None:
    try:
        pictures: Pixels = prepare(open_image(image, MAX_PIXELS)).centered().pictures
    except ApiError:
        return None
    return pictures
