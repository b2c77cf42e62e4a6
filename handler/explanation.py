"""Which ink of a picture speaks for its answer: the network sees the picture again, with parts of its ink removed.

Two passes take at most 6 ms of a core, as long as 150 recognitions: at most 82 pictures, then at most 90.
"""

from collections.abc import Callable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from handler.calibration import CLASSES, Calibration, Logits
from handler.preprocessing import SIZE, Pixels
from handler.preprocessing.segmentation.box import Box

METHOD = "occlusion"
STEP = 3  # pixels between the centers of two patches
SPREAD = 1.5  # pixels, the standard deviation of a patch
FAINT = 8  # gray levels, the mean under a patch; less ink changes nothing
DECIMALS = 2

# Boxes that may be removed: around the patches that matter most, each of these even heights and widths.
MAX_BOX_CENTERS = 10
SHAPES = ((4, 4), (6, 6), (8, 8), (10, 10), (12, 12), (4, 12), (12, 4), (6, 16), (16, 6))
MAX_REMOVED = 0.5  # of the ink; the rest of it is another drawing

_PIXELS = np.moveaxis(np.mgrid[:SIZE, :SIZE], 0, -1)
_OFFSETS = _PIXELS - _PIXELS[STEP - 1 :: STEP, STEP - 1 :: STEP].reshape(-1, 1, 1, 2)  # of each pixel from each center
_PATCHES = np.exp(-(_OFFSETS**2).sum(axis=-1) / (2 * SPREAD**2)).astype(np.float32)  # (81, 28, 28), shares removed
_AREAS = _PATCHES.sum(axis=(1, 2))
_HALVES = np.array(SHAPES)[:, None, None] // 2
# (81, 9, 28, 28) bool: for each center and shape, the pixels in the box.
_BOXES: NDArray[np.bool_] = np.all((_OFFSETS[:, None] >= -_HALVES) & (_OFFSETS[:, None] < _HALVES), axis=-1)

Network = Callable[[Pixels], Logits]


class Removal(TypedDict):
    """The least ink whose removal makes a picture another digit, of those that were tried.

    Attributes:
        digit: What the rest is recognized as.
        ink: The share of the picture's ink that is removed, 0 to 1.
        box: Where it is, in pixels of the picture; all ink in it is removed.
    """

    digit: int
    ink: float
    box: dict[str, int]


class Explanation(TypedDict):
    """Why a picture is one digit rather than another, in the shape of the public contract (`web/public/openapi.json`).

    Attributes:
        method: How `map` was made.
        runner_up: The most probable digit of the picture besides the answer.
        map: 28 rows of 28 numbers: by how much the calibrated log odds of the answer against the runner-up fall
            when the ink around a pixel is removed; 0 where there is no ink.
        removal: None if none of those that were tried changes the answer.
    """

    method: str
    runner_up: int
    map: list[list[float]]
    removal: Removal | None


def explain(picture: Pixels, digit: int, network: Network, calibration: Calibration) -> Explanation:
    """Explain the answer to a picture.

    Args:
        picture: (28, 28) uint8 with ink.
        digit: The answer, to which other pictures of the same image may have contributed.
        network: Returns the logits of pictures.
        calibration: That of the network.

    Returns:
        The explanation; the same for the same picture.
    """
    inked = np.flatnonzero((_PATCHES * picture).sum(axis=(1, 2)) > FAINT * _AREAS)
    patches = _PATCHES[inked]
    occluded = np.rint(picture * (1 - patches)).astype(np.uint8)
    logits = network(np.concatenate([picture[None], occluded]))
    runner_up = next(each for each in np.argsort(-logits[0, :CLASSES], kind="stable").tolist() if each != digit)
    leads = (logits[:, digit] - logits[:, runner_up]) / calibration.temperature
    losses = leads[0] - leads[1:]
    return {
        "method": METHOD,
        "runner_up": runner_up,
        "map": _map(picture, patches, losses),
        "removal": _removal(picture, digit, inked[np.argsort(-losses, kind="stable")], network, calibration),
    }


def _map(picture: Pixels, patches: NDArray[np.float32], losses: NDArray[np.float32]) -> list[list[float]]:
    """Return what each pixel's ink is worth: the mean loss of the patches over it."""
    weights = np.maximum(patches.sum(axis=0), 1e-6)
    worth = np.tensordot(losses, patches, axes=1) / weights * (picture / 255)
    rows: list[list[float]] = (worth.astype(np.float64).round(DECIMALS) + 0.0).tolist()  # -0.0 becomes 0.0
    return rows


def _removal(
    picture: Pixels, digit: int, centers: NDArray[np.intp], network: Network, calibration: Calibration
) -> Removal | None:
    """Return the smallest removal that leaves another digit.

    Args:
        picture: (28, 28) uint8.
        digit: That of the whole picture.
        centers: Of the patches, those that are likeliest to matter first.
        network: As for `explain`.
        calibration: As for `explain`.
    """
    tried = _BOXES[centers[:MAX_BOX_CENTERS]].reshape(-1, SIZE, SIZE)
    inks = np.where(tried, picture, 0).sum(axis=(1, 2)) / picture.sum()
    tried, inks = tried[inks <= MAX_REMOVED], inks[inks <= MAX_REMOVED]
    if not len(tried):
        return None
    logits = network(np.where(tried, np.uint8(0), picture))
    digits = logits[:, :CLASSES].argmax(axis=1)
    is_digit = calibration.ood_scores(logits, np.zeros(len(tried), np.bool_)) < calibration.ood_threshold
    changed = np.flatnonzero((digits != digit) & is_digit)
    if not len(changed):
        return None
    least = int(changed[inks[changed].argmin()])
    box = _extent(np.where(tried[least], picture, 0))
    return {"digit": int(digits[least]), "ink": round(float(inks[least]), DECIMALS), "box": box._asdict()}


def _extent(ink: Pixels) -> Box:
    rows, columns = np.flatnonzero(ink.any(axis=1)).tolist(), np.flatnonzero(ink.any(axis=0)).tolist()
    return Box(columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0])
