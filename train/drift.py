"""`python -m train.drift`: write what the service sees of the validation writers, to compare production with.

The result is a file of Prometheus recording rules. The alerts in `k8s/components/monitoring/drift.yaml` compare the
last hour with it. Run this again after each training.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from handler.observations import BINS, Observations
from handler.preprocessing import preprocess_requests
from handler.recognizer import Recognizer
from train.data.folder import DEFAULT_FOLDER, load_pen_digits
from train.data.strokes import Drawing
from train.evaluate import load_recognizer
from train.evaluation.predictions import BATCH
from train.model_store import MODEL_STORE
from train.synthesis.rendering import canvas_png

TARGET = MODEL_STORE.parent / "k8s" / "components" / "monitoring" / "reference.yaml"
LENGTHS = (100, 220)  # the larger side of a drawing, pixels on a canvas of 280, drawn with the page's pen
LEAST = 0.001  # of a share; an index has its logarithm
HEAD = """\
# Written by `python -m train.drift`: the shares of the bins of handler/observations.py among {count} drawings of the
# validation writers.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: digits-reference
  namespace: digits
  labels:
    app.kubernetes.io/part-of: digits
  annotations:
    digits/weights-sha256: {weights}
spec:
  groups:
    - name: digits-reference
      rules:
"""
RULE = """\
        - {{record: digits:reference:share, expr: vector({share}), labels: {{property: {name}, bin: "{label}"}}}}
"""

Shares = dict[tuple[str, str], float]


def drawn_images(drawings: Sequence[Drawing]) -> Iterator[bytes]:
    """Yield each drawing as a person draws on the page, in some size."""
    random = np.random.default_rng(1)
    for drawing in drawings:
        yield canvas_png(drawing.strokes, length=random.uniform(*LENGTHS))


def shares_of(drawings: Sequence[Drawing], recognizer: Recognizer) -> Shares:
    """Return the share of each bin of each property, at least `LEAST`."""
    observations = Observations()
    drawn = drawn_images(drawings)
    while images := list(islice(drawn, BATCH)):
        recognizer.infer(preprocess_requests([images]), observations=observations)
    counts = observations.take()
    totals = {name: sum(counts.get((name, label), 0) for label in labels) for name, labels in BINS.items()}
    return {
        (name, label): max(counts.get((name, label), 0) / totals[name], LEAST)
        for name, labels in BINS.items()
        for label in labels
    }


def write_rules(target: Path, shares: Shares, count: int, weights: str) -> None:
    """Write the shares as recording rules."""
    rules = [RULE.format(name=name, label=label, share=round(share, 4)) for (name, label), share in shares.items()]
    target.write_text(HEAD.format(count=count, weights=weights) + "".join(rules), encoding="utf-8")


def main() -> None:
    """Draw the validation writers' digits, recognize them, and write the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--archive", type=Path, default=MODEL_STORE / "digits.mar", help="the packed model")
    parser.add_argument("--output", type=Path, default=TARGET, help="the file of rules to write")
    arguments = parser.parse_args()
    drawings = load_pen_digits(arguments.data)["validation"]
    weights = json.loads((MODEL_STORE / "digits.json").read_text(encoding="utf-8"))["weights_sha256"]
    shares = shares_of(drawings, load_recognizer(arguments.archive))
    write_rules(arguments.output, shares, len(drawings), weights)
    print(f"Written to {arguments.output}.")


if __name__ == "__main__":
    main()
