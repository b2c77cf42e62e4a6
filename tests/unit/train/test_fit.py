import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from train.data.labeled_images import NEGATIVE, PART, LabeledImages, either, part_of
from train.fit import Recipe, error_rate, fit, loss_of
from train.model import DigitNet

RECIPE = Recipe(epochs=4, batch=16)


def tiny(seed: int, *others: int) -> LabeledImages:
    random = np.random.default_rng(seed)
    labels = np.concatenate([random.integers(0, 10, 32), others]).astype(np.int64)
    return LabeledImages(random.integers(0, 256, (len(labels), 28, 28), dtype=np.uint8), labels)


PARTS = (tiny(0), tiny(1, *[NEGATIVE, PART, part_of(3), part_of(4)] * 2))


@pytest.fixture(autouse=True)
def torch_as_it_was() -> Iterator[None]:
    """Undo what a training run sets for the whole process."""
    threads = torch.get_num_threads()
    yield
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)


class Validation:
    """Losses by epoch; the run is interrupted where one is None."""

    def __init__(self, *losses: float | None) -> None:
        self.losses = list(losses)

    def __call__(self, net: DigitNet) -> float:
        assert not net.training
        loss = self.losses.pop(0)
        if loss is None:
            raise KeyboardInterrupt
        return loss


def same(a: DigitNet, b: DigitNet) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_interrupted_and_resumed_run_gives_exactly_the_weights_of_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, _ = fit(RECIPE, *PARTS, Validation(4, 3, 2, 1), tmp_path / "whole.pt")
    for losses in ((4, 3, None), (2, None), (1,)):
        validation = Validation(*losses)
        if None in losses:
            with pytest.raises(KeyboardInterrupt):
                fit(RECIPE, *PARTS, validation, tmp_path / "stopped.pt")
        else:
            resumed, _ = fit(RECIPE, *PARTS, validation, tmp_path / "stopped.pt")
        assert validation.losses == []
        torch.rand(7)  # the process's randomness has gone on
    assert same(whole, resumed)
    assert not list(tmp_path.glob("*.partial"))


def test_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    first, seconds = fit(RECIPE, *PARTS, Validation(4, 3, 2, 1), tmp_path / "x.pt")
    again, seconds_again = fit(RECIPE, *PARTS, Validation(), tmp_path / "x.pt")
    assert same(first, again)
    assert seconds_again == seconds > 0


def test_validation_selects_no_epoch(tmp_path: Path) -> None:
    falling, _ = fit(RECIPE, *PARTS, Validation(4, 3, 2, 1), tmp_path / "a.pt")
    rising, _ = fit(RECIPE, *PARTS, Validation(1, 2, 3, 4), tmp_path / "b.pt")
    assert same(falling, rising)
    assert not falling.training


@pytest.mark.parametrize("change", ["recipe", "seed", "data"])
def test_checkpoint_of_another_run_is_ignored(tmp_path: Path, change: str) -> None:
    recipe = replace(RECIPE, epochs=1)
    fit(recipe, *PARTS, Validation(1), tmp_path / "x.pt")
    changed = {"recipe": replace(recipe, learning_rate=1e-3), "seed": replace(recipe, seed=2), "data": recipe}[change]
    parts = (PARTS[0], tiny(5, *[NEGATIVE, PART, part_of(3), part_of(4)] * 2)) if change == "data" else PARTS
    validation = Validation(1)
    resumed, _ = fit(changed, *parts, validation, tmp_path / "x.pt")
    assert validation.losses == []  # it was trained
    assert same(resumed, fit(changed, *parts, Validation(1), tmp_path / "fresh.pt")[0])


def test_loss_of_digits_negatives_and_parts_follows_the_formula() -> None:
    logits = torch.zeros(5, 11)
    logits[:, 3] = torch.tensor([1.0, 0.0, 1.0, 1.0, 1.0]) * math.log(91)  # probability 0.91 of the 3, 0.01 of others
    logits[:, 10] = torch.tensor([math.log(4), -math.log(3), 0.0, math.log(9), 0.0])
    labels = torch.tensor([3, NEGATIVE, part_of(3), part_of(8), PART])
    recipe = replace(RECIPE, partial_share=0.7)
    # Uniform probabilities cost nothing; "is a digit" is 0.8, 0.25, 0.5, 0.9 and 0.5 sure.
    uniform = -0.9 * math.log(0.01) - 0.1 * math.log(0.91) - math.log(10)
    classes = -math.log(0.91) - 0.7 * (math.log(0.91) + math.log(0.01)) + (0.3 + 0.3 + 1) * uniform
    reject = -math.log(0.8) - math.log(0.75) - recipe.partial_reject * (2 * math.log(0.5) + math.log(0.1))
    expected = (classes + 0.5 * reject) / 5
    assert float(loss_of(logits, labels, recipe)) == pytest.approx(expected, rel=1e-5)


def test_loss_of_two_readings_is_least_where_they_have_half_each() -> None:
    logits = torch.full((3, 11), -9.0)
    logits[0, [1, 7]] = 0.0
    logits[1, 1] = 0.0
    logits[2, [1, 7]] = torch.tensor([0.0, -1.0])
    half, one, uneven = (float(loss_of(row[None], torch.tensor([either(7, 1)]), RECIPE)) for row in logits)
    assert half < uneven < one
    assert half - 0.5 * math.log1p(math.exp(9)) == pytest.approx(math.log(2), abs=0.01)


def test_training_goes_on_from_the_weights_of_a_network(tmp_path: Path) -> None:
    known, _ = fit(RECIPE, *PARTS, Validation(*range(RECIPE.epochs)), tmp_path / "a.pt")
    still = replace(RECIPE, epochs=1, learning_rate=1e-9, weight_decay=0.0)
    kept, _ = fit(still, *PARTS, Validation(1), tmp_path / "b.pt", initial=known)
    fresh, _ = fit(still, *PARTS, Validation(1), tmp_path / "b.pt")  # another beginning, so from the start
    torch.testing.assert_close(kept.head.weight, known.head.weight)
    assert not torch.equal(fresh.head.weight, kept.head.weight)


@pytest.mark.parametrize("label", [NEGATIVE, PART, part_of(0), part_of(9)])
def test_certainty_about_a_picture_that_is_not_the_digit_has_a_loss(label: int) -> None:
    sure, unsure = torch.zeros(1, 11), torch.zeros(1, 11)
    sure[0, 5] = 8
    assert loss_of(sure, torch.tensor([label]), RECIPE) > loss_of(unsure, torch.tensor([label]), RECIPE) + 0.1


def test_error_rate_is_the_share_of_wrong_digits() -> None:
    torch.manual_seed(0)
    net = DigitNet().eval()
    images = tiny(3)
    with torch.no_grad():
        predicted = net(torch.from_numpy(images.pictures))[:, :10].argmax(dim=1).numpy()
    labels = np.where(np.arange(32) < 8, (predicted + 1) % 10, predicted)
    assert error_rate(net, LabeledImages(images.pictures, labels)) == 0.25


def test_network_has_the_width_of_the_recipe(tmp_path: Path) -> None:
    net, _ = fit(replace(RECIPE, epochs=1, width=2), *PARTS, Validation(1), tmp_path / "x.pt")
    assert net.head.in_features == 8 * 2 * 4
