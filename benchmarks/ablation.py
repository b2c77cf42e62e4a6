"""`python -m benchmarks.ablation`: what each choice of the training is worth, on the validation writers.

Each variant leaves one choice out of a training with a tenth of the budget, so compare variants with each other, not
with the committed model. Writes `benchmarks/ablation.json` after each variant and goes on where it stopped.
"""

import argparse
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from handler.model import CLASSES, DigitNet
from handler.png import Pixels
from train import distortion, negatives, pool
from train.__main__ import Validation, drawn_images, forward
from train.data import DEFAULT_FOLDER, Images, load_mnist, load_pen_digits, load_pen_letters
from train.fit import Recipe, fit
from train.metrics import auroc
from train.pool import Mix, render_pool
from train.rendering import picture_of

RESULTS = Path(__file__).with_suffix(".json")
FULL = Mix(
    digits=30_000, restyled=2_000, outlines=2_000, letters=6_000,
    symbols=1_500, scribbles=1_000, pairs=1_500, taps=1_500, partials=4_000,
)  # fmt: skip
NO_NEGATIVES = replace(FULL, letters=0, symbols=0, scribbles=0, pairs=0, taps=0, partials=0)
RECIPE = Recipe(epochs=4, mnist_repeats=1)


def unchanged(pictures: Pixels) -> Pixels:
    """Leave pictures as preprocessing makes them."""
    return pictures


@dataclass(frozen=True)
class Variant:
    """One training: the mix, constants of modules that are set otherwise, and what is done to every picture."""

    mix: Mix = FULL
    constants: dict[tuple[ModuleType, str], Any] = field(default_factory=dict)
    recipe: Recipe = RECIPE
    strokes: bool = True
    change: Callable[[Pixels], Pixels] = unchanged


def centre_boxes(pictures: Pixels) -> Pixels:
    """Centre the ink's box, as many demos do, instead of its mass."""
    moved = []
    for picture in pictures:
        rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
        shift = [round(13.5 - (axis[0] + axis[-1]) / 2) for axis in (rows, columns)]
        moved.append(np.roll(picture, shift, axis=(0, 1)))
    return np.stack(moved)


STILL = {
    (distortion, name): 0.0 for name in ("MAX_ROTATION", "MAX_SLANT", "MAX_STRETCH", "MAX_WAVE", "MAX_JITTER", "SPARSE")
} | {(distortion, "MAX_ROTATION"): 1e-9}

VARIANTS = {
    "everything": Variant(),
    "MNIST alone": Variant(strokes=False),
    "box centred instead of mass": Variant(change=centre_boxes),
    "one pen width": Variant(constants={(pool, "PEN_SPREAD"): 0.0}),
    "no distortion of strokes": Variant(constants=STILL),
    "no shapes by rule": Variant(mix=replace(FULL, restyled=0, outlines=0)),
    "no negatives": Variant(mix=NO_NEGATIVES),
    "no half-drawn digits": Variant(mix=replace(FULL, partials=0)),
    "no averaging of weights": Variant(recipe=replace(RECIPE, averaging=0.0)),
}


@contextlib.contextmanager
def constants_set(constants: dict[tuple[ModuleType, str], Any]) -> Iterator[None]:
    """Set modules' constants for a while; the rendering processes, forked meanwhile, inherit them."""
    before = {key: getattr(*key) for key in constants}
    try:
        for (module, name), value in constants.items():
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


def measure(variant: Variant, data: Path, work: Path) -> dict[str, float]:
    """Train a variant and return its figures on the validation writers, in percent."""
    mnist = load_mnist(data)
    digits, letters = load_pen_digits(data), load_pen_letters(data)
    train = [drawing for drawing in digits if drawing.split == "train"]
    held = [drawing for drawing in digits if drawing.split == "validation"]
    others = [x for x in letters if x.split == "validation" and x.label not in negatives.LOOK_ALIKES]
    parts = [mnist["train"]]
    if variant.strokes:
        with constants_set(variant.constants):
            parts.append(render_pool(train, [x for x in letters if x.split == "train"], variant.mix, seed=1))
    parts = [Images(variant.change(part.pictures), part.labels) for part in parts]
    empty = Images(parts[0].pictures[:0], parts[0].labels[:0])
    drawn = Images(variant.change(drawn_images(held).pictures), drawn_images(held).labels)
    mnist_validation = Images(variant.change(mnist["validation"].pictures), mnist["validation"].labels)
    checkpoint = work / "ablation.pt"
    checkpoint.unlink(missing_ok=True)
    pair = (parts[0], parts[1] if variant.strokes else empty)
    net = fit(variant.recipe, pair, Validation(mnist_validation, drawn).error, checkpoint)

    def accuracy(images: Images) -> float:
        read = forward(net, images.pictures)[:, :CLASSES].argmax(dim=1).numpy()
        return round(100 * float((read == images.labels).mean()), 2)

    def pictures(**canvas: float) -> Images:
        return Images(variant.change(np.stack([picture_of(x.strokes, **canvas) for x in held])), drawn.labels)

    letter_pictures = variant.change(np.stack([picture_of(x.strokes) for x in others]))
    halves = variant.change(np.stack([picture_of(negatives.partial(x.strokes, 0.5)) for x in held]))
    return {
        "mnist": accuracy(mnist_validation),
        "drawn": accuracy(drawn),
        "pen_6": accuracy(pictures(pen=6)),
        "pen_28": accuracy(pictures(pen=28)),
        "small": accuracy(pictures(length=42)),
        "auroc_reject": auroc(_reject(net, letter_pictures), _reject(net, drawn.pictures)),
        "auroc_energy": auroc(_energy(net, letter_pictures), _energy(net, drawn.pictures)),
        "half_wrong_sure": _wrong_and_sure(net, halves, drawn.labels),
    }


def _reject(net: DigitNet, pictures: Pixels) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return -forward(net, pictures)[:, CLASSES].double().numpy()


def _energy(net: DigitNet, pictures: Pixels) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return -torch.logsumexp(forward(net, pictures)[:, :CLASSES], dim=1).double().numpy()


def _wrong_and_sure(net: DigitNet, pictures: Pixels, labels: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    largest, read = torch.softmax(forward(net, pictures)[:, :CLASSES], dim=1).max(dim=1)
    return round(100 * float(((largest.numpy() > 0.9) & (read.numpy() != labels)).mean()), 2)


def main() -> None:
    """Measure the variants that the results file lacks, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--work", type=Path, default=Path(".train"))
    arguments = parser.parse_args()
    arguments.work.mkdir(exist_ok=True)
    results: dict[str, dict[str, float]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name, variant in VARIANTS.items():
        if name not in results:
            print(f"— {name}", flush=True)
            results[name] = measure(variant, arguments.data, arguments.work)
            partial = RESULTS.with_suffix(".partial")
            partial.write_text(json.dumps(results, indent=1) + "\n")
            partial.replace(RESULTS)
    columns = list(next(iter(results.values())))
    print(f"| variant | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, figures in results.items():
        print(f"| {name} | {' | '.join(str(figures[column]) for column in columns)} |")


if __name__ == "__main__":
    main()
