"""The alert on drift fires on letters, photographs and thin pens, and not on digits of other writers.

The handler counts real images, and promtool evaluates the rendered rules on these counts.
"""

import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import yaml

from handler.observations import BINS, Observations
from handler.preprocessing import preprocess_requests
from tests import served_model
from tests.manifests.test_alerts import write_rules
from train.data.folder import load_pen_digits, load_pen_letters
from train.data.strokes import Drawing
from train.drift import LENGTHS
from train.synthesis.pictures import picture
from train.synthesis.rendering import canvas_png

PICTURES_PER_HOUR = 6000
MINUTES = 80  # a window of an hour, and the time for which the alert waits


def canvases(drawings: list[Drawing], pen: float = 15.0) -> Iterator[bytes]:
    """Yield drawings as people draw on the page, in other sizes than those of the reference."""
    random = np.random.default_rng(2)
    for index in random.permutation(len(drawings))[:1000]:
        yield canvas_png(drawings[index].strokes, length=random.uniform(*LENGTHS), pen=pen)


def photographs(drawings: list[Drawing]) -> Iterator[bytes]:
    """Yield photographs of drawings on paper."""
    random = np.random.default_rng(3)
    for index in random.permutation(len(drawings))[:100]:
        yield picture("even-light", drawings[index], random)


def counted(images: Iterable[bytes]) -> dict[tuple[str, str], int]:
    """Return what a worker counts of images."""
    observations, remaining = Observations(), iter(images)
    while batch := list(islice(remaining, 32)):
        served_model.recognizer().infer(preprocess_requests([batch]), observations=observations)
    return observations.take()


def firing(counts: dict[tuple[str, str], int], folder: Path, per_hour: int = PICTURES_PER_HOUR) -> set[str]:
    """Return the properties on which the alert fires after an hour of pictures in these proportions."""
    total = sum(counts.get(("path", label), 0) for label in BINS["path"])
    series = [
        {
            "series": f'digits_pictures_total{{namespace="digits", property="{name}", bin="{label}", pod="a"}}',
            "values": f"0+{per_hour / 60 * counts.get((name, label), 0) / total:.6f}x{MINUTES}",
        }
        for name, labels in BINS.items()
        for label in labels
    ]
    queries = ('ALERTS{alertname="DigitsDrift", alertstate="firing"}', 'digits:drift:psi1h{property="digit"}')
    asked = [{"expr": query, "eval_time": f"{MINUTES}m"} for query in queries]
    case = {"interval": "1m", "input_series": series, "promql_expr_test": asked}
    tests = {"rule_files": [str(write_rules(folder))], "evaluation_interval": "1m", "tests": [case]}
    (folder / "drift.yaml").write_text(yaml.safe_dump(tests))
    command = ["promtool", "test", "rules", str(folder / "drift.yaml")]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert 'property="digit"} ' in said  # the index, for which the alert never fires
    return {name for name in BINS if f'alertstate="firing", property="{name}"' in said}


def test_digits_of_other_writers_are_no_drift(data_dir: Path, tmp_path: Path) -> None:
    assert firing(counted(canvases(load_pen_digits(data_dir)["test"])), tmp_path) == set()


def test_letters_are_drift(data_dir: Path, tmp_path: Path) -> None:
    fired = firing(counted(canvases(load_pen_letters(data_dir)["test"])), tmp_path)
    assert {"confidence", "ood_score", "verdict"} <= fired
    assert "pen_width" not in fired


def test_thin_pens_are_drift(data_dir: Path, tmp_path: Path) -> None:
    counts = counted(canvases(load_pen_digits(data_dir)["test"], pen=6.0))
    fired = firing(counts, tmp_path)
    assert {"ink_share", "pen_width"} <= fired
    assert firing(counts, tmp_path, per_hour=300) == set()  # too few to tell


def test_photographs_are_drift(data_dir: Path, tmp_path: Path) -> None:
    assert "path" in firing(counted(photographs(load_pen_digits(data_dir)["test"])), tmp_path)


def test_reference_itself_is_no_drift(tmp_path: Path) -> None:
    [reference] = [
        group
        for group in yaml.safe_load(write_rules(tmp_path).read_text())["groups"]
        if group["name"] == "digits-reference"
    ]
    counts = {
        (rule["labels"]["property"], rule["labels"]["bin"]): round(1e5 * float(rule["expr"][len("vector(") : -1]))
        for rule in reference["rules"]
    }
    assert firing(counts, tmp_path) == set()
