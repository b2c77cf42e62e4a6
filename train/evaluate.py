"""`python -m train.evaluate`: how well digits are read, by the packed model or by a running service.

Prints the table of the model card for the given data and writes the whole report as JSON, with plots.
"""

import argparse
import json
import tempfile
import zipfile
from pathlib import Path

import handler
from handler.recognizer import Recognizer
from train.data.folder import DEFAULT_FOLDER, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages
from train.data.mnist import load_mnist
from train.data.splits import SPLITS
from train.data.strokes import Drawing, load_drawings
from train.evaluation.plots import plot_report
from train.evaluation.predictions import local_predictor, remote_predictor
from train.evaluation.report import Report, evaluate, image_metrics, predict_drawings, predict_folder
from train.evaluation.table import table
from train.model_store import MODEL_STORE
from train.synthesis.rendering import labels_of


def load_recognizer(archive: Path) -> Recognizer:
    """Return the recognizer of a packed archive, with its network and card.

    Raises:
        FileNotFoundError: There is no archive; `make archive` builds it.
    """
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as members:
            members.extractall(folder)
        return Recognizer(Path(folder), handler.__version__)


def main() -> None:
    """Evaluate a split of the data, any stroke files or any folder of images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--split", default="test", choices=SPLITS)
    parser.add_argument("--strokes", type=Path, nargs="+", help="stroke files to read instead of the data folder")
    parser.add_argument("--images", type=Path, help="a folder of images to read instead, in subfolders named 0 to 9")
    parser.add_argument("--archive", type=Path, default=MODEL_STORE / "digits.mar", help="the packed model to evaluate")
    parser.add_argument("--url", help="a running service to ask instead, such as http://localhost:8000")
    parser.add_argument("--output", type=Path, default=Path("evaluation"), help="folder for the report and its plots")
    arguments = parser.parse_args()
    predictor = (
        remote_predictor(arguments.url) if arguments.url else local_predictor(load_recognizer(arguments.archive))
    )
    if arguments.images:
        labels, predictions = predict_folder(predictor, arguments.images)
        report: Report = {"images": image_metrics(labels, predictions)}
    else:
        digits, letters, mnist = _load(arguments)
        report = evaluate(predictor, digits, letters, mnist)
        labels, predictions = labels_of(digits), predict_drawings(predictor, digits, "plots")
    arguments.output.mkdir(parents=True, exist_ok=True)
    plot_report(arguments.output, report, labels, predictions)
    (arguments.output / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"{table(report)}\n\nThe whole report and its plots are in {arguments.output}/.")


def _load(arguments: argparse.Namespace) -> tuple[list[Drawing], list[Drawing], LabeledImages | None]:
    if arguments.strokes:
        drawings = [drawing for path in arguments.strokes for drawing in load_drawings(path)]
        return [x for x in drawings if x.label.isdigit()], [x for x in drawings if not x.label.isdigit()], None
    data, split = arguments.data, arguments.split
    return load_pen_digits(data)[split], load_pen_letters(data)[split], load_mnist(data)[split]


if __name__ == "__main__":
    main()
