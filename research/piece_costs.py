"""`python -m research.piece_costs`: fit the weights of `handler/piece_costs.py`, and compare them with those in use.

Numbers of the training writers are made and taken apart as they are served. The fit then gives the right readings of
each number, however its ink is divided, the largest share of the weight of all its readings. Numbers of the validation
writers tell what the fitted weights are worth. `research/piece_costs.json` has the result.
"""

import argparse
import functools
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from handler import number_recognizer, piece_costs
from handler.reading import Judged, Reading, best_reading
from handler.recognizer import Recognizer
from research.ablation import constants_set
from train.data.folder import DEFAULT_FOLDER, load_pen_digits
from train.data.strokes import Drawing
from train.evaluate import load_recognizer
from train.evaluation.metrics import share
from train.evaluation.numbers import local_number_reader, made_numbers
from train.model_store import MODEL_STORE

RESULT = Path(__file__).with_suffix(".json")
KINDS = ("touching, 2 or 3 digits", "gap of 0.02", "gap of 0.10", "gap of 0.40", "gaps of 0.02 to 0.40, photographed")
WEIGHTS = (
    "DIGIT", "WRONG_ODDS", "STRANGE_ODDS", "LOW", "LOWER", "WIDTH", "GAP", "GAP_WIDTH", "CUT", "CUT_COST",
    "OMISSION", "OMITTED_SIZE",
)  # fmt: skip
NUMBERS = 200  # of each kind and split
STEPS, LEARNING_RATE = 40, 0.05
PULL = 1e-3  # towards the weights in use

Floats = NDArray[np.float64]
State = tuple[Any, int]  # a node, and how many digits have been read


class Weighed(float):
    """A cost that keeps what each of `WEIGHTS` is multiplied by: a cost is linear in them."""

    parts: tuple[float, ...]

    @classmethod
    def of(cls, cost: Callable[..., float], *arguments: Any) -> Self:
        """Return a cost of `handler/piece_costs.py`."""
        weighed = cls(cost(*arguments))
        parts = []
        for name in WEIGHTS:
            with constants_set({(piece_costs, other): float(other == name) for other in WEIGHTS}):
                parts.append(cost(*arguments))
        weighed.parts = tuple(parts)
        return weighed


class Lattice(NamedTuple):
    """The judged pieces of one number.

    Attributes:
        number: What it is.
        judged: Ordered by where they start.
        parts: (n, len(WEIGHTS)), of the cost of each.
    """

    number: str
    judged: list[Judged]
    parts: Floats

    def reading(self, weights: Floats) -> Reading:
        """Return the cheapest reading with other weights."""
        costs = self.parts @ weights
        return best_reading([item._replace(cost=cost) for item, cost in zip(self.judged, costs.tolist(), strict=True)])

    def gradient(self, weights: Floats) -> Floats | None:
        """Return the gradient of the negative logarithm of the right readings' share; None if there are none."""
        costs = (self.parts @ weights).tolist()
        last = max(item.piece.stop for item in self.judged)
        start = (self.judged[0].piece.start, 0)
        every = [(i, (x.piece.start, 0), (x.piece.stop, 0)) for i, x in enumerate(self.judged)]
        right = [
            (i, (x.piece.start, count), (x.piece.stop, count + (x.digit is not None)))
            for i, x in enumerate(self.judged)
            for count in range(len(self.number) + (x.digit is None))
            if x.digit is None or str(x.digit) == self.number[count]
        ]
        of_right = _expected(right, costs, start, (last, len(self.number)))
        of_all = _expected(every, costs, start, (last, 0))
        return None if of_right is None or of_all is None else (of_right - of_all) @ self.parts


def _expected(edges: Sequence[tuple[int, State, State]], costs: list[float], start: State, end: State) -> Floats | None:
    """Return how often each piece is on a way from start to end, by the ways' weights; None if there is no way."""
    before, after = {start: 0.0}, {end: 0.0}
    for i, a, b in edges:
        if a in before:
            before[b] = np.logaddexp(before.get(b, -math.inf), before[a] - costs[i])
    if end not in before:
        return None
    for i, a, b in reversed(edges):
        if b in after:
            after[a] = np.logaddexp(after.get(a, -math.inf), after[b] - costs[i])
    expected = np.zeros(len(costs))
    for i, a, b in edges:
        if a in before and b in after:
            expected[i] += math.exp(before[a] - costs[i] + after[b] - before[end])
    return expected


def lattices(recognizer: Recognizer, drawings: Sequence[Drawing], count: int) -> list[Lattice]:
    """Make numbers of each of `KINDS`, and take them apart as they are served; those without any ink are left out."""
    found: list[Lattice] = []
    number = ""

    def remember(judged: Sequence[Judged]) -> Reading:
        """Keep the pieces of the last reading of each number, which has all of them."""
        if found and found[-1].number is number:
            found.pop()
        ordered = sorted(judged, key=lambda item: item.piece.start)
        parts = [item.cost.parts for item in ordered if isinstance(item.cost, Weighed)]  # all of them
        found.append(Lattice(number, ordered, np.array(parts)))
        return best_reading(judged)

    replaced: dict[tuple[ModuleType, str], Any] = {(number_recognizer, "best_reading"): remember}
    for name in ("digit_cost", "omission_cost"):
        replaced[number_recognizer, name] = functools.partial(Weighed.of, getattr(piece_costs, name))
    read = local_number_reader(recognizer)
    with constants_set(replaced):
        for kind in KINDS:
            for made in tqdm(made_numbers(kind, drawings, count, 0), kind, count, leave=False, mininterval=1):
                number = made.digits
                read(made.image)
    return found


def fit(numbers: Sequence[Lattice], weights: Floats) -> Floats:
    """Return the weights that give the right readings the largest shares, starting from others."""
    scale = np.vstack([number.parts for number in numbers]).std(axis=0) + 1e-6
    scaled = torch.tensor(weights * scale, requires_grad=True)
    optimizer = torch.optim.Adam([scaled], LEARNING_RATE)
    for _ in tqdm(range(STEPS), "fit", mininterval=1):
        now = scaled.detach().numpy() / scale
        gradients = [gradient for number in numbers if (gradient := number.gradient(now)) is not None]
        scaled.grad = torch.from_numpy(np.mean(gradients, axis=0) / scale + PULL * (now - weights) * scale)
        optimizer.step()
    fitted: Floats = scaled.detach().numpy() / scale
    return fitted


def measured(numbers: Sequence[Lattice], weights: Floats) -> dict[str, Any]:
    """Return the share of numbers that are read whole, and the mean share of their readings, percent."""
    readings = [number.reading(weights) for number in numbers]
    whole = [
        "".join(str(item.digit) for item in reading.digits) == number.number
        for number, reading in zip(numbers, readings, strict=True)
    ]
    confidence = float(np.mean([reading.share for reading in readings]))
    return {"whole": share(whole), "mean_share": round(100 * confidence, 2)}


def main() -> None:
    """Fit on the training writers, measure on the validation writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--archive", type=Path, default=MODEL_STORE / "digits.mar", help="the packed model")
    parser.add_argument("--numbers", type=int, default=NUMBERS, help="numbers of each kind and split")
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    digits, recognizer = load_pen_digits(arguments.data), load_recognizer(arguments.archive)
    used = np.array([getattr(piece_costs, name) for name in WEIGHTS])
    fitted = fit(lattices(recognizer, digits["train"], arguments.numbers), used)
    validation = lattices(recognizer, digits["validation"], arguments.numbers)
    result = {
        name: {"weights": dict(zip(WEIGHTS, weights.round(2).tolist(), strict=True)), **measured(validation, weights)}
        for name, weights in (("in use", used), ("fitted again", fitted))
    }
    arguments.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
