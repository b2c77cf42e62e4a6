"""`python -m train`: train, calibrate, evaluate once on the test splits, and write the model and its card.

Stopped at any time, the same command goes on after the last finished epoch.
"""

import argparse
import hashlib
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import handler
from handler.preprocessing import Pixels
from handler.recognizer import Recognizer
from train.archive import MODEL_STORE
from train.calibration import calibrate
from train.card import golden_digits, write_model
from train.card_text import describe
from train.data.folder import DEFAULT_FOLDER, digests, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages as Images
from train.data.mnist import load_mnist
from train.data.strokes import Drawing
from train.evaluate import table
from train.evaluation.predictions import core_judge
from train.evaluation.report import evaluate, labels_of
from train.export import export_onnx
from train.fit import Recipe, fit
from train.model import CLASSES, DigitNet
from train.synthesis.rendering import picture_of
from train.synthesis.training_set import Mix, render_pool

FORWARD = 1000
# What the confidence and the rejection are fitted on, on the page's canvas of 280 pixels: as different as people draw.
CALIBRATED_WITH: tuple[dict[str, float], ...] = ({}, {"pen": 6}, {"pen": 28}, {"length": 42}, {"length": 220})
POOL_SEED = 1  # the pool is data: networks of other seeds are trained on the same


@dataclass(frozen=True)
class Validation:
    """To watch the training by and to calibrate on: MNIST's validation part, and the validation writers' drawings."""

    mnist: Images
    drawn: Images

    def error(self, net: DigitNet) -> float:
        """Return the mean of the two error rates, 0 to 1."""
        total = 0.0
        for images in (self.mnist, self.drawn):
            labels = torch.from_numpy(images.labels)
            read = forward(net, images.pictures)[:, :CLASSES].argmax(dim=1)
            total += float((read != labels).float().mean())
        return total / 2


def forward(net: DigitNet, pictures: Pixels) -> Tensor:
    """Return the logits of pictures, (N, 11)."""
    with torch.no_grad():
        return torch.cat([net(batch) for batch in torch.split(torch.from_numpy(pictures), FORWARD)])


def load_pool(work: Path, digits: list[Drawing], letters: list[Drawing]) -> tuple[Images, float]:
    """Render the training pool, or read it if an earlier run of the same mix has rendered it.

    Returns:
        The pool, and the seconds that rendering it took.
    """
    name = hashlib.sha256(json.dumps(asdict(Mix())).encode()).hexdigest()[:8]
    path = work / f"pool-{name}.npz"
    if not path.exists():
        began = time.monotonic()
        pool = render_pool(digits, letters, Mix(), POOL_SEED)
        partial = work / "pool.partial.npz"
        np.savez(partial, pictures=pool.pictures, labels=pool.labels, seconds=time.monotonic() - began)
        partial.replace(path)
    with np.load(path) as arrays:
        return Images(arrays["pictures"], arrays["labels"]), float(arrays["seconds"])


def drawn_images(drawings: list[Drawing], **canvas: float) -> Images:
    """Draw digits as a page does, without distortion; `canvas` is as `picture_of` takes it."""
    return Images(np.stack([picture_of(drawing.strokes, **canvas) for drawing in drawings]), labels_of(drawings))


def main() -> None:
    """Train the committed model, or one of another seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--output", type=Path, default=MODEL_STORE, help="where digits.pt and digits.json go")
    parser.add_argument("--work", type=Path, default=Path(".train"), help="what an interrupted run needs to go on")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(seed=arguments.seed, epochs=arguments.epochs)
    mnist = load_mnist(arguments.data)
    digits, letters = load_pen_digits(arguments.data), load_pen_letters(arguments.data)

    def part(drawings: list[Drawing], split: str) -> list[Drawing]:
        return [drawing for drawing in drawings if drawing.split == split]

    pool, rendering_seconds = load_pool(arguments.work, part(digits, "train"), part(letters, "train"))
    validation = Validation(mnist["validation"], drawn_images(part(digits, "validation")))
    checkpoint = arguments.work / f"checkpoint-{recipe.seed}.pt"
    net, seconds = fit(recipe, (mnist["train"], pool), validation.error, checkpoint)
    minutes = (rendering_seconds + seconds) / 60

    variously = [drawn_images(part(digits, "validation"), **canvas) for canvas in CALIBRATED_WITH]
    logits = torch.cat([forward(net, images.pictures) for images in variously])
    labels = torch.from_numpy(np.concatenate([images.labels for images in variously]))
    card = {
        "calibration": asdict(calibrate(logits, labels)),
        "calibrated_with": CALIBRATED_WITH,
        "golden": golden_digits(forward(net, mnist["validation"].pictures), mnist["validation"]),
        "recipe": asdict(recipe),
        "pool": asdict(Mix()),
        "data_sha256": digests(arguments.data),
        "training_minutes": round(minutes, 1),
    }
    with tempfile.TemporaryDirectory() as folder:  # evaluated as it is served: by the core, from the exported network
        write_model(Path(folder), net, card)
        export_onnx(net, Path(folder) / "digits.onnx")
        judge = core_judge(Recognizer(Path(folder), handler.__version__))
        report = evaluate(judge, part(digits, "test"), part(letters, "test"), mnist["test"])
    card = write_model(arguments.output, net, {**card, "test": report})
    (arguments.output / "README.md").write_text(describe(card), encoding="utf-8")
    print(f"{table(report)}\n\nTrained in {minutes:.1f} minutes; written to {arguments.output}/.")


if __name__ == "__main__":
    main()
