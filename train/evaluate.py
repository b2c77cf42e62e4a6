"""`python -m train.evaluate`: how well digits are read, by the packed model or by a running service.

Prints the table of the model card for the given data and writes the whole report as JSON, with plots.
"""

import argparse
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import handler
from handler.recognizer import Recognizer
from train.data.folder import DEFAULT_FOLDER, load_pen_digits, load_pen_letters
from train.data.labeled_files import find_labeled
from train.data.labeled_images import LabeledImages
from train.data.mnist import load_mnist
from train.data.splits import SPLITS
from train.data.strokes import Drawing, load_drawings
from train.evaluation.contact_sheets import contact_sheet
from train.evaluation.no_digits import evaluate_no_digits
from train.evaluation.numbers import PER_KIND as NUMBERS
from train.evaluation.numbers import evaluate_numbers, local_number_reader, remote_number_reader
from train.evaluation.pictures import PER_KIND, Measured, evaluate_pictures, measure_files, report_of
from train.evaluation.plots import plot_report
from train.evaluation.predictions import Predictor, local_predictor, remote_predictor
from train.evaluation.report import Report, evaluate, predict_drawings
from train.evaluation.table import table
from train.model_store import MODEL_STORE
from train.synthesis.pictures import BLANK_KINDS, KINDS
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
    """Evaluate a split of the data, any stroke files, any folder of images, or kinds of pictures alone."""
    arguments = _parse_arguments()
    if arguments.url:
        predictor, reader = remote_predictor(arguments.url), remote_number_reader(arguments.url)
    else:
        recognizer = load_recognizer(arguments.archive)
        predictor, reader = local_predictor(recognizer), local_number_reader(recognizer)
    arguments.output.mkdir(parents=True, exist_ok=True)
    report: Report = {}
    if arguments.images:
        report["images"] = _images(predictor, arguments)
    else:
        digits, letters, mnist = _load(arguments)
        if not arguments.kinds:
            report = evaluate(predictor, digits, letters, mnist)
            plot_report(arguments.output, report, labels_of(digits), predict_drawings(predictor, digits, "plots"))
            if digits:
                report["no_digits"] = evaluate_no_digits(predictor, digits)
        if digits and arguments.pictures:
            report["pictures"] = _pictures(predictor, digits, arguments)
        if digits and arguments.numbers and not arguments.kinds:
            report["numbers"] = evaluate_numbers(reader, digits, arguments.numbers)
    (arguments.output / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"{table(report)}\n\nThe whole report and its plots are in {arguments.output}/.")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--split", default="test", choices=SPLITS)
    parser.add_argument("--strokes", type=Path, nargs="+", help="stroke files to read instead of the data folder")
    parser.add_argument(
        "--images",
        type=Path,
        help="a folder to read instead: subfolders named 0 to 9, labels.tsv, or names like 7_a.png",
    )
    parser.add_argument("--pattern", default="*", help="the names of the files of --images, such as '*_grid.png'")
    parser.add_argument("--pictures", type=int, default=PER_KIND, help="pictures of each kind to make; 0 for none")
    parser.add_argument("--numbers", type=int, default=NUMBERS, help="numbers of each kind to make; 0 for none")
    parser.add_argument("--kinds", type=lambda text: text.split(","), help="measure these kinds of pictures alone")
    parser.add_argument("--archive", type=Path, default=MODEL_STORE / "digits.mar", help="the packed model to evaluate")
    parser.add_argument("--url", help="a running service to ask instead, such as http://localhost:8000")
    parser.add_argument("--output", type=Path, default=Path("evaluation"), help="folder for the report and its plots")
    return parser.parse_args()


def _images(predictor: Predictor, arguments: argparse.Namespace) -> Report:
    measured = measure_files(predictor, find_labeled(arguments.images, arguments.pattern))
    if len(shown := np.flatnonzero(measured.labels >= 0)):
        report = {"images": measured.report}
        plot_report(arguments.output, report, measured.labels[shown], measured.predictions[shown])
    _write_errors(arguments.output / "errors-images.png", measured)
    return measured.report


def _pictures(predictor: Predictor, digits: list[Drawing], arguments: argparse.Namespace) -> Report:
    kinds = arguments.kinds or (*KINDS, *BLANK_KINDS)
    measured = evaluate_pictures(predictor, digits, arguments.pictures, kinds)
    for kind, result in measured.items():
        _write_errors(arguments.output / f"errors-{kind}.png", result)
    return report_of(measured)


def _write_errors(path: Path, measured: Measured) -> None:
    """Write a contact sheet of what was misread; none if nothing was."""
    path.unlink(missing_ok=True)
    if len(errors := measured.errors):
        contact_sheet(path, [measured.images[i] for i in errors], measured.labels[errors], measured.predictions[errors])


def _load(arguments: argparse.Namespace) -> tuple[list[Drawing], list[Drawing], LabeledImages | None]:
    if arguments.strokes:
        drawings = [drawing for path in arguments.strokes for drawing in load_drawings(path)]
        return [x for x in drawings if x.label.isdigit()], [x for x in drawings if not x.label.isdigit()], None
    data, split = arguments.data, arguments.split
    return load_pen_digits(data)[split], load_pen_letters(data)[split], load_mnist(data)[split]


if __name__ == "__main__":
    main()
