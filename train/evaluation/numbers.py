"""How well numbers are read: two to six digits by one writer, apart, close or touching."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import requests
from tqdm import tqdm

from handler.errors import ApiError
from handler.number_recognizer import NumberRecognizer
from handler.preprocessing import Budget, NumberImage, preprocess_requests
from handler.recognizer import Recognizer
from train.data.strokes import Drawing
from train.evaluation.metrics import share
from train.evaluation.report import SURE, Report
from train.synthesis.pictures.numbers import NumberPicture, number_picture

PER_KIND = 200  # numbers
MIN_WRITER = 20  # drawings of a writer whose numbers are made
LENGTHS = (2, 7)  # digits of a number: 2 to 6
GAPS = (0.02, 0.05, 0.1, 0.2, 0.4)  # of the height of a digit

# The kinds of numbers, and how they are made: from how many digits on, and as `number_picture` takes it.
KINDS: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    **{f"gap of {gap:.2f}": (LENGTHS, {"gap": gap}) for gap in GAPS},
    "gaps of 0.02 to 0.40, photographed": (LENGTHS, {"photographed": True}),
    "gaps of 0.02 to 0.40, on two lines": ((4, 7), {"two_lines": True}),
    "touching, 2 or 3 digits": ((2, 4), {"gap": 0.0}),
    "touching, 4 to 6 digits": ((4, 7), {"gap": 0.0}),
}

# An encoded image → what `/predictions/numbers` answers, or an error, in the shape of the public contract.
NumberReader = Callable[[bytes], dict[str, Any]]


def local_number_reader(recognizer: Recognizer) -> NumberReader:
    """Return a reader that runs in this process."""
    number_recognizer = NumberRecognizer(recognizer)

    def read(image: bytes) -> dict[str, Any]:
        [[answer]] = number_recognizer.infer(preprocess_requests([[NumberImage(image)]]), Budget())
        return dict(answer.to_dict() if isinstance(answer, ApiError) else answer)

    return read


def remote_number_reader(url: str) -> NumberReader:
    """Return a reader that asks a running service, such as http://localhost:8000.

    It raises `OSError` if the service fails.
    """
    address = f"{url.rstrip('/')}/predictions/numbers"

    def read(image: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/octet-stream"}
        response = requests.post(address, data=image, headers=headers, timeout=30)
        if response.status_code != requests.codes.unprocessable_entity:  # as for an image that seems to be blank
            response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    return read


def evaluate_numbers(reader: NumberReader, drawings: Sequence[Drawing], count: int, seed: int = 0) -> Report:
    """Make pictures of numbers and measure how they are read.

    Args:
        reader: The recognizer.
        drawings: Digits; a number is of one writer's.
        count: Numbers of each kind.
        seed: Source of all randomness.

    Returns:
        For each kind the metrics of `number_metrics`.
    """
    report = {}
    for kind in KINDS:
        made = list(tqdm(made_numbers(kind, drawings, count, seed), kind, count, leave=False, mininterval=1))
        answers = [reader(number.image) for number in tqdm(made, kind, leave=False, mininterval=1)]
        report[kind] = number_metrics([number.digits for number in made], answers)
    return report


def number_metrics(numbers: Sequence[str], answers: Sequence[dict[str, Any]]) -> Report:
    """Return the metrics of numbers.

    Args:
        numbers: The digits of each in reading order.
        answers: Of `/predictions/numbers`, or errors.

    Returns:
        The shares of numbers that are read `whole`; of their digits that are read, `each_digit`: those that need no
        change to make the number right; and of numbers that are `wrong_and_sure`: with the verdict `digit` and a
        confidence over 0.9. And `mean_confidence`, percent, 0 for errors: an honest one is near the share of `whole`.
    """
    whole, digits, wrong_and_sure = [], [], []
    for number, answer in zip(numbers, answers, strict=True):
        read = str(answer.get("number", ""))
        wrong = min(edit_distance(number, read), len(number))
        whole.append(read == number)
        digits += [False] * wrong + [True] * (len(number) - wrong)
        is_sure = answer.get("verdict") == "digit" and answer.get("confidence", 0.0) > SURE
        wrong_and_sure.append(read != number and is_sure)
    return {
        "whole": share(whole),
        "each_digit": share(digits),
        "wrong_and_sure": share(wrong_and_sure),
        "mean_confidence": round(100 * float(np.mean([answer.get("confidence", 0.0) for answer in answers])), 2),
    }


def edit_distance(first: str, second: str) -> int:
    """Return how many digits must be changed, added or removed to make one text of the other."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def made_numbers(kind: str, drawings: Sequence[Drawing], count: int, seed: int) -> Iterator[NumberPicture]:
    """Make pictures of numbers of one kind, as `evaluate_numbers` takes them."""
    by_writer = defaultdict(list)
    for drawing in drawings:
        by_writer[drawing.writer].append(drawing)
    writers = [own for own in by_writer.values() if len(own) >= MIN_WRITER] or list(by_writer.values())
    lengths, options = KINDS[kind]
    for number in range(count):
        random = np.random.default_rng((seed, list(KINDS).index(kind), number))
        own = writers[int(random.integers(len(writers)))]
        chosen = [own[int(index)] for index in random.integers(len(own), size=int(random.integers(*lengths)))]
        yield number_picture(chosen, random, **{"gap": random.uniform(GAPS[0], GAPS[-1]), **options})
