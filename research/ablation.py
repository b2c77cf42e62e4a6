"""`python -m research.ablation`: what each choice of the training is worth, on the validation writers.

Each variant changes one choice in a training of a tenth of the budget, so compare variants with each other, not with
the committed model. `research/ablation.json` is written after each variant; the same command goes on where it stopped.
"""

import argparse
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import onnxruntime
import torch
from torch import Tensor

from handler.preprocessing import Pixels
from train import fit as fitting
from train import model
from train.__main__ import Validation, drawn_images, forward
from train.data.folder import DEFAULT_FOLDER, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages as Images
from train.data.mnist import load_mnist
from train.evaluation.metrics import auroc
from train.export import export_onnx
from train.fit import Recipe, fit
from train.model import CLASSES, DigitNet
from train.synthesis import distortion, negatives
from train.synthesis import training_set as pool
from train.synthesis.rendering import picture_of
from train.synthesis.training_set import Mix, render_pool

RESULTS = Path(__file__).resolve().parents[1] / "research" / "ablation.json"
FULL = Mix(
    digits=15_000, restyled=1_000, outlines=1_000, letters=4_000,
    symbols=750, scribbles=500, pairs=750, taps=750, partials=5_000,
)  # fmt: skip
RECIPE = Recipe(epochs=2, mnist_repeats=1, pool_share=0.6, averaging=0.99)
MNIST_INK = 104.0  # mean of MNIST's pictures, in white pixels

Read = Callable[[Pixels], Tensor]  # pictures → (N, 11) logits


def unchanged(pictures: Pixels) -> Pixels:
    """Leave pictures as preprocessing makes them."""
    return pictures


def centre_boxes(pictures: Pixels) -> Pixels:
    """Centre the ink's box, as many demos do, instead of its mass."""
    moved = []
    for picture in pictures:
        rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
        shift = [round(13.5 - (axis[0] + axis[-1]) / 2) for axis in (rows, columns)]
        moved.append(np.roll(picture, shift, axis=(0, 1)))
    return np.stack(moved)


def level_ink(pictures: Pixels) -> Pixels:
    """Thicken or thin strokes, by blending with the 3×3 maximum or minimum, until the ink is MNIST's mean."""
    kernel, levelled = np.ones((3, 3), np.uint8), []
    for picture in pictures:
        ink = picture.sum() / 255
        extreme = (cv2.dilate if ink < MNIST_INK else cv2.erode)(picture, kernel)
        reach = extreme.sum() / 255 - ink
        share = float(np.clip((MNIST_INK - ink) / reach, 0, 1)) if reach else 0.0
        levelled.append(np.rint(picture + share * (extreme.astype(np.float32) - picture)).astype(np.uint8))
    return np.stack(levelled)


def still(pictures: Tensor, **_: Any) -> Tensor:
    """Stand in for the augmentation of pictures: none."""
    return pictures


@dataclass(frozen=True)
class Variant:
    """One training: the mix, constants of modules that are set otherwise, and what is done to every picture."""

    mix: Mix = FULL
    constants: dict[tuple[ModuleType, str], Any] = field(default_factory=dict)
    recipe: Recipe = RECIPE
    strokes: bool = True
    change: Callable[[Pixels], Pixels] = unchanged


STILL = {
    (distortion, name): 0.0 for name in ("MAX_ROTATION", "MAX_SLANT", "MAX_STRETCH", "MAX_WAVE", "MAX_JITTER", "SPARSE")
} | {(distortion, "MAX_ROTATION"): 1e-9}
NO_NEGATIVES = replace(FULL, letters=0, symbols=0, scribbles=0, pairs=0, taps=0, partials=0)

VARIANTS = {
    "everything": Variant(),
    "MNIST alone": Variant(strokes=False),
    "box centred instead of mass": Variant(change=centre_boxes),
    "one pen width": Variant(constants={(pool, "PEN_SPREAD"): 0.0}),
    "pen width levelled in preprocessing": Variant(change=level_ink),
    "no distortion of strokes": Variant(constants=STILL),
    "no augmentation of pictures": Variant(constants={(fitting, "augment"): still}),
    "no shapes by rule": Variant(mix=replace(FULL, restyled=0, outlines=0)),
    "no negatives": Variant(mix=NO_NEGATIVES),
    "no half-drawn digits": Variant(mix=replace(FULL, partials=0)),
    "network of half the width": Variant(constants={(model, "WIDTH"): 4}),
}
EIGHT_BITS = ", weights in 8 bits"


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


class Data:
    """What all variants are trained on and measured with."""

    def __init__(self, folder: Path) -> None:
        digits, letters = load_pen_digits(folder), load_pen_letters(folder)
        self.mnist = load_mnist(folder)
        self.train = [x for x in digits if x.split == "train"]
        self.train_letters = [x for x in letters if x.split == "train"]
        self.held = [x for x in digits if x.split == "validation"]
        others = [x for x in letters if x.split == "validation" and x.label not in negatives.LOOK_ALIKES]
        self.drawn = drawn_images(self.held)
        self.pictures = {
            "pen_6": np.stack([picture_of(x.strokes, pen=6) for x in self.held]),
            "pen_28": np.stack([picture_of(x.strokes, pen=28) for x in self.held]),
            "small": np.stack([picture_of(x.strokes, length=42) for x in self.held]),
        }
        self.letters = np.stack([picture_of(x.strokes) for x in others])
        self.halves = np.stack([picture_of(negatives.partial(x.strokes, 0.5)) for x in self.held])

    def figures(self, read: Read) -> dict[str, float]:
        """Return a reader's figures on the validation writers, in percent."""

        def accuracy(pictures: Pixels, labels: Any) -> float:
            return round(100 * float((read(pictures)[:, :CLASSES].argmax(dim=1).numpy() == labels).mean()), 2)

        digits, letters, halves = read(self.drawn.pictures), read(self.letters), read(self.halves)
        largest, named = torch.softmax(halves[:, :CLASSES], dim=1).max(dim=1)
        wrong_and_sure = (largest.numpy() > 0.9) & (named.numpy() != self.drawn.labels)
        return {
            "mnist": accuracy(self.mnist["validation"].pictures, self.mnist["validation"].labels),
            "drawn": accuracy(self.drawn.pictures, self.drawn.labels),
            **{name: accuracy(pictures, self.drawn.labels) for name, pictures in self.pictures.items()},
            "auroc_reject": auroc(-letters[:, CLASSES].double().numpy(), -digits[:, CLASSES].double().numpy()),
            "auroc_energy": auroc(-_energy(letters), -_energy(digits)),
            "half_wrong_sure": round(100 * float(wrong_and_sure.mean()), 2),
        }


def _energy(logits: Tensor) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return torch.logsumexp(logits[:, :CLASSES], dim=1).double().numpy()


def train(variant: Variant, data: Data, work: Path) -> DigitNet:
    """Train a variant's network."""
    parts = [data.mnist["train"]]
    with constants_set(variant.constants):
        if variant.strokes:
            parts.append(render_pool(data.train, data.train_letters, variant.mix, seed=1))
        else:
            parts.append(Images(parts[0].pictures[:0], parts[0].labels[:0]))
        changed = [Images(variant.change(x.pictures), x.labels) if len(x.labels) else x for x in parts]
        validation = Validation(
            *(Images(variant.change(x.pictures), x.labels) for x in (data.mnist["validation"], data.drawn))
        )
        checkpoint = work / "ablation.pt"
        checkpoint.unlink(missing_ok=True)
        return fit(variant.recipe, (changed[0], changed[1]), validation.error, checkpoint).net


def read_8_bits(net: DigitNet) -> Read:
    """Return the reader of a network as it is served: exported, its weights stored in 8 bits."""
    with tempfile.TemporaryDirectory() as folder:
        export_onnx(net, Path(folder) / "digits.onnx")
        session = onnxruntime.InferenceSession(str(Path(folder) / "digits.onnx"))
    return lambda pictures: torch.from_numpy(session.run(["logits"], {"pictures": pictures})[0])


def main() -> None:
    """Measure the variants that the results file lacks, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--work", type=Path, default=Path(".train"))
    arguments = parser.parse_args()
    arguments.work.mkdir(exist_ok=True)
    results: dict[str, dict[str, float]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    data = Data(arguments.data)
    for name, variant in VARIANTS.items():
        if name in results:
            continue
        print(f"— {name}", flush=True)
        net = train(variant, data, arguments.work)
        results[name] = data.figures(lambda pictures: forward(net, variant.change(pictures)))  # noqa: B023  used at once
        if name == "everything":
            results[name + EIGHT_BITS] = data.figures(read_8_bits(net))
        partial = RESULTS.with_suffix(".partial")
        partial.write_text(json.dumps(results, indent=1) + "\n")
        partial.replace(RESULTS)
    columns = list(next(iter(results.values())))
    print(f"| variant | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, figures in results.items():
        print(f"| {name} | {' | '.join(str(figures[column]) for column in columns)} |")


if __name__ == "__main__":
    main()
