import os
from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from train.data.labeled_images import NEGATIVE, PART, LabeledImages, either, part_of
from train.data.strokes import Drawing
from train.synthesis.training_set import Composition, _is_arc, _WriterSampler, render_training_set

FEW = dict.fromkeys(asdict(Composition()), 20)
COMPOSITION = Composition(**{**FEW, "digits": 700, "searched": 4})  # more than one task for the digits


def line(label: str, writer: str, slope: float) -> Drawing:
    points = np.stack([np.linspace(0, slope, 20), np.linspace(0, 10, 20)], axis=1).astype(np.float32)
    return Drawing(label, (points,), writer, "site")


DIGITS = [line(str(index % 10), f"w{index % 3}", index) for index in range(30)]
LETTERS = [line(label, "l", 4) for label in "AKO"]


def render(seed: int = 1, letters: list[Drawing] = LETTERS) -> LabeledImages:
    return render_training_set(DIGITS, letters, COMPOSITION, seed)


@pytest.fixture(scope="module")
def rendered() -> LabeledImages:
    return render()


def test_training_set_has_the_given_composition(rendered: LabeledImages) -> None:
    counts = Counter(rendered.labels.tolist())
    assert rendered.pictures.shape == (700 + 13 * 20 + 4, 28, 28)
    assert rendered.pictures.dtype == np.uint8
    found = 8 * 20, 700 + 3 * 20  # what is found in pictures is either
    assert found[0] <= counts[NEGATIVE] <= found[0] + 4
    assert found[1] <= sum(counts[digit] for digit in range(10)) <= found[1] + 4
    assert sum(counts[label] for label in (PART, *map(part_of, range(10)))) == 20
    assert counts[either(1, 7)] == 20
    assert min(counts[digit] for digit in range(10)) > 30


def test_every_picture_has_white_ink(rendered: LabeledImages) -> None:
    assert rendered.pictures.max(axis=(1, 2)).min() >= 254


@pytest.mark.parametrize("processes", [1, 3])
def test_same_seed_gives_the_same_pictures_with_any_number_of_processes(
    rendered: LabeledImages, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processes)
    again = render()
    np.testing.assert_array_equal(again.pictures, rendered.pictures)
    np.testing.assert_array_equal(again.labels, rendered.labels)


def test_another_seed_gives_other_pictures(rendered: LabeledImages) -> None:
    assert not np.array_equal(render(seed=2).pictures, rendered.pictures)


def test_look_alikes_of_digits_are_not_negatives() -> None:
    assert len(render(letters=[line("O", "l", 4)]).labels) == 700 + 12 * 20 + 4  # as without letters


def test_label_of_a_part_is_the_digit_that_was_begun() -> None:
    zigzag = np.array([[0, 0], [9, 3], [0, 6], [9, 9], [0, 12]], np.float32)
    nothing = dict.fromkeys(asdict(Composition()), 0)
    parts = render_training_set([Drawing("4", (zigzag,), "w", "s")], [], Composition(**{**nothing, "partials": 200}), 1)
    labels = Counter(parts.labels.tolist())
    assert labels[part_of(4)] > 0.6 * 200  # a fourth is of invented writers, who write any digit
    assert labels.keys() <= {PART, *map(part_of, range(10))}


def test_writers_count_as_the_square_root_of_their_drawings() -> None:
    drawings = [line("1", "many", 1)] * 100 + [line("2", "few", 1)] * 4
    sampler = _WriterSampler(drawings)
    random = np.random.default_rng(0)
    picked = Counter(sampler.pick(random).writer for _ in range(6000))
    assert picked["many"] / picked["few"] == pytest.approx(10 / 2, rel=0.1)


def arc(turn: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    angles = np.radians(np.linspace(0, turn, 30))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.mark.parametrize(("strokes", "expected"), [
    ([arc(10)], True), ([arc(100)], True), ([arc(180)], False), ([arc(300)], False), ([arc(10), arc(10)], False),
])  # fmt: skip
def test_stroke_that_hardly_turns_could_become_several_digits(strokes: list[Any], expected: bool) -> None:
    assert _is_arc(strokes) is expected
