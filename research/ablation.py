"""`python -m research.ablation`: what each choice of the training is worth, on the validation writers.

Each variant changes one choice in a training of a tenth of the budget, so compare variants with each other and not with
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
import torch
from torch import Tensor

from handler.calibration import CLASSES
from handler.onnx_model import OnnxModel
from handler.preprocessing import Pixels
from train import fit as fitting
from train.data.folder import DEFAULT_FOLDER, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages
from train.data.mnist import load_mnist
from train.evaluation.metrics import auroc
from train.export import export_onnx
from train.fit import Recipe, error_rate, fit
from train.model import DigitNet, logits_of
from train.synthesis import distortion, negatives, training_set
from train.synthesis.rendering import labeled_pictures, picture_of
from train.synthesis.training_set import Composition, render_training_set

RESULTS = Path(__file__).with_name("ablation.json")
FULL = Composition(
    digits=11_000, morphed=1_500, restyled=1_500, invented=3_000, ambiguous=250, letters=4_000,
    signs=1_500, scribbles=500, pairs=500, spoiled=1_500, taps=750, touches=500, partials=5_000, searched=400,
)  # fmt: skip
RECIPE = Recipe(epochs=2, mnist_repeats=1, drawn_share=0.6, averaging=0.99)
MNIST_INK = 104.0  # mean of MNIST's pictures, in white pixels

Logits = Callable[[Pixels], Tensor]  # pictures → (n, 11) float32


def unchanged(pictures: Pixels) -> Pixels:
    """Leave pictures as preprocessing makes them."""
    return pictures


def center_boxes(pictures: Pixels) -> Pixels:
    """Center the box of the ink, as many demos do, instead of its mass."""
    moved = []
    for picture in pictures:
        rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
        shift = [round(13.5 - (axis[0] + axis[-1]) / 2) for axis in (rows, columns)]
        moved.append(np.roll(picture, shift, axis=(0, 1)))
    return np.stack(moved)


def level_ink(pictures: Pixels) -> Pixels:
    """Thicken or thin strokes, by blending with the 3×3 maximum or minimum, until the ink is MNIST's mean."""
    kernel, leveled = np.ones((3, 3), np.uint8), []
    for picture in pictures:
        ink = picture.sum() / 255
        extreme = (cv2.dilate if ink < MNIST_INK else cv2.erode)(picture, kernel)
        reach = extreme.sum() / 255 - ink
        share = float(np.clip((MNIST_INK - ink) / reach, 0, 1)) if reach else 0.0
        leveled.append(np.rint(picture + share * (extreme.astype(np.float32) - picture)).astype(np.uint8))
    return np.stack(leveled)


def still(pictures: Tensor, **_: Any) -> Tensor:
    """Return pictures without augmentation."""
    return pictures


@dataclass(frozen=True)
class Variant:
    """One training: its data, the module constants that differ, its recipe, and a change of every picture."""

    composition: Composition = FULL
    constants: dict[tuple[ModuleType, str], Any] = field(default_factory=dict)
    recipe: Recipe = RECIPE
    strokes: bool = True
    change: Callable[[Pixels], Pixels] = unchanged


STILL = {
    (distortion, name): 0.0 for name in ("MAX_ROTATION", "MAX_SLANT", "MAX_STRETCH", "MAX_WAVE", "MAX_JITTER", "SPARSE")
} | {(distortion, "MAX_ROTATION"): 1e-9}
NO_NEGATIVES = replace(
    FULL, letters=0, signs=0, scribbles=0, pairs=0, spoiled=0, taps=0, touches=0, partials=0, searched=0
)

VARIANTS = {
    "everything": Variant(),
    "MNIST alone": Variant(strokes=False),
    "box centered instead of mass": Variant(change=center_boxes),
    "one pen width": Variant(constants={(training_set, "PEN_SPREAD"): 0.0}),
    "pen width leveled in preprocessing": Variant(change=level_ink),
    "no distortion of strokes": Variant(constants=STILL),
    "no augmentation of pictures": Variant(constants={(fitting, "augment"): still}),
    "no styles by rule": Variant(composition=replace(FULL, morphed=0, restyled=0, invented=0, ambiguous=0)),
    "no signs, no spoiled digits": Variant(composition=replace(FULL, signs=0, spoiled=0, touches=0)),
    "nothing found in pictures": Variant(composition=replace(FULL, searched=0)),
    "no negatives": Variant(composition=NO_NEGATIVES),
    "no half-drawn digits": Variant(composition=replace(FULL, partials=0)),
    "network of half the width": Variant(recipe=replace(RECIPE, width=4)),
}
EIGHT_BITS = ", weights in 8 bits"


@contextlib.contextmanager
def constants_set(constants: dict[tuple[ModuleType, str], Any]) -> Iterator[None]:
    """Set constants of modules for a while; the rendering processes, forked meanwhile, inherit them."""
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
        self.train, self.train_letters = digits["train"], letters["train"]
        self.held = digits["validation"]
        others = [x for x in letters["validation"] if x.label not in negatives.LOOK_ALIKES]
        self.drawn = labeled_pictures(self.held)
        self.pictures = {
            "pen_6": labeled_pictures(self.held, pen=6).pictures,
            "pen_28": labeled_pictures(self.held, pen=28).pictures,
            "small": labeled_pictures(self.held, length=42).pictures,
        }
        self.letters = np.stack([picture_of(x.strokes) for x in others])
        self.halves = np.stack([picture_of(negatives.partial(x.strokes, 0.5)) for x in self.held])

    def metrics(self, logits: Logits) -> dict[str, float]:
        """Return a network's metrics on the validation writers, in percent."""

        def accuracy(pictures: Pixels, labels: Any) -> float:
            return round(100 * float((logits(pictures)[:, :CLASSES].argmax(dim=1).numpy() == labels).mean()), 2)

        digits, letters, halves = logits(self.drawn.pictures), logits(self.letters), logits(self.halves)
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
    """Train the network of a variant."""

    def changed(images: LabeledImages) -> LabeledImages:
        return LabeledImages(variant.change(images.pictures), images.labels) if len(images.labels) else images

    mnist = data.mnist["train"]
    with constants_set(variant.constants):
        if variant.strokes:
            drawn = render_training_set(data.train, data.train_letters, variant.composition, seed=1)
        else:
            drawn = LabeledImages(mnist.pictures[:0], mnist.labels[:0])
        validation = [changed(images) for images in (data.mnist["validation"], data.drawn)]
        checkpoint = work / "ablation.pt"
        checkpoint.unlink(missing_ok=True)
        net, _ = fit(
            variant.recipe,
            changed(mnist),
            changed(drawn),
            lambda net: sum(error_rate(net, images) for images in validation) / 2,
            checkpoint,
        )
        return net


def logits_of_8_bits(net: DigitNet) -> Logits:
    """Return the logits of a network as it is served: exported, its weights stored in 8 bits."""
    with tempfile.TemporaryDirectory() as folder:
        export_onnx(net, Path(folder) / "digits.onnx")
        network = OnnxModel(Path(folder) / "digits.onnx")
    return lambda pictures: torch.from_numpy(network.logits(pictures))


def main() -> None:
    """Measure the variants that are not in the results file yet, and print the table."""
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
        results[name] = data.metrics(lambda pictures: logits_of(net, variant.change(pictures)))  # noqa: B023  used at once
        if name == "everything":
            results[name + EIGHT_BITS] = data.metrics(logits_of_8_bits(net))
        partial = RESULTS.with_suffix(".partial")
        partial.write_text(json.dumps(results, indent=1) + "\n")
        partial.replace(RESULTS)
    columns = list(next(iter(results.values())))
    print(f"| variant | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, metrics in results.items():
        print(f"| {name} | {' | '.join(str(metrics[column]) for column in columns)} |")


if __name__ == "__main__":
    main()
