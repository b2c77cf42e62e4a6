"""`python -m train.evaluate`: how well drawings are read, through the core or through a running service.

Prints the table of the model card for the data it is given and writes it as JSON with pictures.
"""

import argparse
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import handler
from handler.recognizer import Recognizer
from train.archive import MODEL_STORE
from train.data.folder import DEFAULT_FOLDER, load_pen_digits, load_pen_letters
from train.data.labeled_images import LabeledImages as Images
from train.data.mnist import load_mnist
from train.data.strokes import Drawing, load_drawings
from train.evaluation import plots as figures
from train.evaluation.predictions import core_judge, url_judge
from train.evaluation.report import Report, evaluate, image_figures, judge_drawings, judge_folder, labels_of

_PICTURES = {"mnist": "MNIST", "images": "images"}


def load_core(archive: Path) -> Recognizer:
    """Load the recognising core from a packed archive.

    Args:
        archive: `digits.mar`.

    Returns:
        The core, with the archive's model and card.

    Raises:
        FileNotFoundError: There is no archive; `make archive` builds it.
    """
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as members:
            members.extract("digits.onnx", folder)
            members.extract("digits.json", folder)
        return Recognizer(Path(folder), handler.__version__)


def main() -> None:
    """Evaluate a split of the data, any stroke file or any folder of images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--split", default="test", choices=["train", "validation", "test"])
    parser.add_argument("--strokes", type=Path, nargs="+", help="stroke files to read instead of the data folder's")
    parser.add_argument("--images", type=Path, help="a folder of images to read instead, in subfolders named 0 to 9")
    parser.add_argument("--archive", type=Path, default=MODEL_STORE / "digits.mar", help="whose core to use")
    parser.add_argument("--url", help="a running service to ask instead, such as http://localhost:8000")
    parser.add_argument("--output", type=Path, default=Path("evaluation"), help="folder for the report and pictures")
    arguments = parser.parse_args()
    judge = url_judge(arguments.url) if arguments.url else core_judge(load_core(arguments.archive))
    if arguments.images:
        labels, judged = judge_folder(judge, arguments.images)
        report: Report = {"images": image_figures(labels, judged)}
    else:
        digits, letters, mnist = _chosen(arguments)
        report = evaluate(judge, digits, letters, mnist)
        labels, judged = labels_of(digits), judge_drawings(judge, digits, "pictures")
    arguments.output.mkdir(parents=True, exist_ok=True)
    figures.draw_report(arguments.output, report, labels, judged)
    (arguments.output / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(report))
    print(f"\nThe whole report and its pictures are in {arguments.output}/.")


def _chosen(arguments: argparse.Namespace) -> tuple[list[Drawing], list[Drawing], Images | None]:
    if arguments.strokes:
        drawings = [drawing for path in arguments.strokes for drawing in load_drawings(path)]
        return [x for x in drawings if x.label.isdigit()], [x for x in drawings if not x.label.isdigit()], None
    digits, letters = load_pen_digits(arguments.data), load_pen_letters(arguments.data)
    return (
        [drawing for drawing in digits if drawing.split == arguments.split],
        [drawing for drawing in letters if drawing.split == arguments.split],
        load_mnist(arguments.data)[arguments.split],
    )


def table(report: Report) -> str:
    """Return the main figures as a Markdown table."""
    rows: list[tuple[str, Any]] = []
    rows += [(f"{title}, accuracy", report[name]["accuracy"]) for name, title in _PICTURES.items() if name in report]
    for name, title in (("tablet", "tablet digits, unseen writers"), ("unipen", "UNIPEN digits, unseen sites")):
        if part := report.get(name):
            rows += [
                (f"{title}: accuracy", part["accuracy"]),
                (f"{title}: worst writer / worst digit", f"{part['worst_writer']} / {part['worst_digit']} %"),
                (f"{title}: expected calibration error", f"{part['calibration_error']} %"),
                (f"{title}: not rejected", part["kept"]),
            ]
    if part := report.get("letters"):
        rows += [
            ("letters without look-alikes: AUROC of ood_score", f"{part['auroc']} %"),
            ("letters without look-alikes: rejected", part["rejected"]),
        ]
    if part := report.get("variation"):
        rows.append(("loss over pen 6–28 px and size 15–95 %, at most", f"{part['loss']} points"))
        half = report["half_drawn"]["wrong_and_over_90_percent_sure"]
        rows.append(("half-drawn digits wrong with confidence over 0.9", half))
    if part := report.get("taps"):
        rows.append(("taps called a digit", part["called_a_digit"]))
    lines = ["| measured | value (95 % interval) |", "|---|---|"]
    for title, value in rows:
        text = (
            f"{value['percent']} % ({value['low']}–{value['high']}, n = {value['n']})"
            if isinstance(value, dict)
            else value
        )
        lines.append(f"| {title} | {text} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
