"""`python -m train`: train, calibrate, evaluate once on the test splits, and write the model and its card.

Missing data is downloaded first. If training is stopped, the same command goes on after the last finished epoch.
"""

import argparse
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import handler
from handler.onnx_model import OnnxModel
from handler.recognizer import Recognizer
from train.calibration import CANVASES, calibration_of
from train.card import describe, training_machine
from train.data.folder import DEFAULT_FOLDER, digests, fetch_missing, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages
from train.data.mnist import load_mnist
from train.data.strokes import Drawing
from train.evaluation.no_digits import evaluate_no_digits
from train.evaluation.numbers import PER_KIND as NUMBERS
from train.evaluation.numbers import evaluate_numbers, local_number_reader
from train.evaluation.pictures import PER_KIND, evaluate_pictures, report_of
from train.evaluation.predictions import local_predictor
from train.evaluation.report import evaluate
from train.evaluation.table import table
from train.export import export_onnx
from train.fit import Recipe, error_rate, fit
from train.golden import golden_digits
from train.model import DigitNet
from train.model_store import MODEL_STORE, read_model, write_model
from train.synthesis.rendering import labeled_pictures
from train.synthesis.training_set import Composition, render_training_set

RENDERING_SEED = 1  # the drawn pictures are data: networks of other seeds are trained on the same
# What the card says of the training.
TRAINING = ("machine", "recipe", "training_set", "training_minutes", "initial_weights_sha256")


def train(
    recipe: Recipe,
    mnist: dict[str, LabeledImages],
    digits: dict[str, list[Drawing]],
    letters: dict[str, list[Drawing]],
    work: Path,
    initial: DigitNet | None = None,
) -> tuple[DigitNet, dict[str, Any]]:
    """Render the drawn pictures and train a network on MNIST and pen drawings by split; `work` keeps the checkpoint.

    The first weights are those of `initial`, or random.

    Returns:
        The network, in evaluation mode, and what the card says of its training.
    """
    work.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    drawn = render_training_set(digits["train"], letters["train"], Composition(), RENDERING_SEED)
    rendering_seconds = time.monotonic() - began
    validation = (mnist["validation"], labeled_pictures(digits["validation"]))
    net, seconds = fit(
        recipe,
        mnist["train"],
        drawn,
        lambda net: sum(error_rate(net, images) for images in validation) / len(validation),
        work / f"checkpoint-{recipe.seed}.pt",
        initial,
    )
    return net, {
        "machine": training_machine(),
        "recipe": asdict(recipe),
        "training_set": asdict(Composition()),
        "training_minutes": round((rendering_seconds + seconds) / 60, 1),
    }


def main() -> None:
    """Train the committed model, or one of another seed, or calibrate and evaluate the weights of a model store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--without-unipen", action="store_true", help="leave out the largest download, 156 MB")
    parser.add_argument("--output", type=Path, default=MODEL_STORE, help="model store to write")
    parser.add_argument("--work", type=Path, default=Path(".train"), help="what an interrupted run needs to go on")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="model store whose weights to use: no training")
    parser.add_argument("--pictures", type=int, default=PER_KIND, help="pictures of each kind to evaluate")
    parser.add_argument("--numbers", type=int, default=NUMBERS, help="numbers of each kind to evaluate")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--learning-rate", type=float, default=Recipe.learning_rate)
    parser.add_argument("--initial", type=Path, metavar="FOLDER", help="model store whose weights training begins with")
    arguments = parser.parse_args()
    try:
        fetch_missing(arguments.data, unipen=not arguments.without_unipen)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from error
    mnist = load_mnist(arguments.data)
    digits, letters = load_pen_digits(arguments.data), load_pen_letters(arguments.data)
    if arguments.weights:
        net, known = read_model(arguments.weights)
        training = {name: known.get(name) for name in TRAINING}
    else:
        recipe = Recipe(seed=arguments.seed, epochs=arguments.epochs, learning_rate=arguments.learning_rate)
        initial, known = read_model(arguments.initial) if arguments.initial else (None, {})
        net, training = train(recipe, mnist, digits, letters, arguments.work, initial)
        training["initial_weights_sha256"] = known.get("weights_sha256")
    with tempfile.TemporaryDirectory() as name:  # calibrated and evaluated as it is served: exported, and by the core
        folder = Path(name)
        export_onnx(net, folder / "digits.onnx")
        network = OnnxModel(folder / "digits.onnx")
        calibration = calibration_of(network, digits["validation"])
        card = {
            "calibration": asdict(calibration),
            "calibrated_with": CANVASES,
            "golden": golden_digits(network.logits, mnist["validation"]),
            **training,
            "data_sha256": digests(arguments.data),
        }
        write_model(folder, net, card)
        recognizer = Recognizer(folder, handler.__version__)
        predictor = local_predictor(recognizer)
        report = evaluate(predictor, digits["test"], letters["test"], mnist["test"])
        report["no_digits"] = evaluate_no_digits(predictor, digits["test"])
        report["pictures"] = report_of(evaluate_pictures(predictor, digits["test"], arguments.pictures))
        report["numbers"] = evaluate_numbers(local_number_reader(recognizer), digits["test"], arguments.numbers)
    card = write_model(arguments.output, net, {**card, "test": report})
    (arguments.output / "README.md").write_text(describe(card), encoding="utf-8")
    print(f"{table(report)}\n\nTrained in {card['training_minutes']} minutes; written to {arguments.output}/.")


if __name__ == "__main__":
    main()
