"""`python -m research.styles`: do invented writers teach styles that no real writer has shown?

Real drawings of four styles are left out of a short training on pen drawings alone, and the network is tested on them:
zeros with a slash, ones with a flag, sevens with a bar, and nines whose tail bends left. `research/styles.json` gets
the accuracy on each, and on the validation writers.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from train.data.folder import DEFAULT_FOLDER, load_pen_digits
from train.data.labeled_images import LabeledImages
from train.data.strokes import Drawing, points_of
from train.fit import Recipe, error_rate, fit
from train.synthesis.rendering import labeled_pictures
from train.synthesis.training_set import Composition, render_training_set

RESULTS = Path(__file__).with_name("styles.json")
PICTURES = 12_000
RECIPE = Recipe(epochs=2, batch=64, mnist_repeats=1, drawn_share=1.0, averaging=0.98)
NOTHING = Composition(**dict.fromkeys(Composition.__annotations__, 0))
SHARES = {  # of the pictures
    "real writers alone": {"digits": 1.0},
    "with invented writers": {"digits": 0.6, "invented": 0.4},
    "with restyled drawings": {"digits": 0.6, "restyled": 0.4},
    "with both": {"digits": 0.6, "invented": 0.25, "restyled": 0.15},
}


def has_slash(drawing: Drawing) -> bool:
    """Return whether a zero has a slash."""
    return drawing.variant == "slashed-zero"


def has_flag(drawing: Drawing) -> bool:
    """Return whether a one of one stroke begins with a line up to its top."""
    stroke = drawing.strokes[0]
    if drawing.label != "1" or len(drawing.strokes) > 1 or len(stroke) < 4:
        return False
    height = max(float(np.ptp(stroke[:, 1])), 1e-6)
    top = int(stroke[:, 1].argmin())
    return bool(stroke[0, 1] - stroke[top, 1] > 0.12 * height and stroke[top, 0] - stroke[0, 0] > 0.12 * height)


def has_bar(drawing: Drawing) -> bool:
    """Return whether a seven is crossed."""
    return drawing.label == "7" and len(drawing.strokes) == 2


def has_left_tail(drawing: Drawing) -> bool:
    """Return whether a nine of one stroke ends far to the left."""
    points = points_of(drawing.strokes)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    end = drawing.strokes[-1][-1]
    return bool(drawing.label == "9" and end[0] < low[0] + 0.2 * size[0] and end[1] > low[1] + 0.7 * size[1])


STYLES: dict[str, Callable[[Drawing], bool]] = {
    "slashed 0": has_slash, "flagged 1": has_flag, "crossed 7": has_bar, "left-tailed 9": has_left_tail,
}  # fmt: skip


def accuracies(
    shares: dict[str, float], shown: Sequence[Drawing], tests: dict[str, LabeledImages], work: Path
) -> dict[str, float]:
    """Train on pictures of `shown` and of what is invented, by share, and return the accuracy on each test."""
    counts = {kind: round(PICTURES * share) for kind, share in shares.items()}
    drawn = render_training_set(shown, [], Composition(**{**vars(NOTHING), **counts}), seed=1)
    nothing = LabeledImages(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64))
    net, _ = fit(RECIPE, nothing, drawn, lambda net: error_rate(net, tests["validation"]), work / "styles.pt")
    return {name: round(100 * (1 - error_rate(net, images)), 2) for name, images in tests.items()}


def main() -> None:
    """Train what is not in the results file yet, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--only", nargs="*", choices=SHARES, default=list(SHARES))
    arguments = parser.parse_args()
    digits = load_pen_digits(arguments.data)
    known = [*digits["train"], *digits["validation"]]
    shown = [x for x in digits["train"] if not any(style(x) for style in STYLES.values())]
    held = {name: [x for x in known if style(x)] for name, style in STYLES.items()}
    held["validation"] = [x for x in digits["validation"] if not any(style(x) for style in STYLES.values())]
    tests = {name: labeled_pictures(drawings) for name, drawings in held.items()}
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["n"] = {name: len(drawings) for name, drawings in held.items()}
    for name in arguments.only:
        if name not in results:
            with tempfile.TemporaryDirectory() as folder:
                results[name] = accuracies(SHARES[name], shown, tests, Path(folder))
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        print(name, results[name])


if __name__ == "__main__":
    main()
