import pytest
import torch
from torch import Tensor

from train.augmentation import augment


@pytest.fixture
def pictures() -> Tensor:
    torch.manual_seed(0)
    pictures = torch.zeros(200, 28, 28)
    pictures[:, 6:22, 12:16] = 255
    return pictures


def test_pictures_keep_shape_and_range(pictures: Tensor) -> None:
    changed = augment(pictures)
    assert (changed.shape, changed.dtype) == (pictures.shape, torch.float32)
    assert changed.min() >= 0
    assert changed.max() <= 255.01


def test_no_strength_changes_nothing(pictures: Tensor) -> None:
    torch.testing.assert_close(augment(pictures, strength=0.0), pictures, rtol=0, atol=0.01)


def test_strength_is_each_pictures_own(pictures: Tensor) -> None:
    strength = torch.zeros(200)
    strength[100:] = 1.0
    change = (augment(pictures, strength=strength) - pictures).abs().mean(dim=(1, 2))
    assert change[:100].max() < 0.01
    assert change[100:].min() > 0.5


def test_pictures_are_changed_differently_and_repeat_with_the_seed(pictures: Tensor) -> None:
    torch.manual_seed(1)
    first = augment(pictures)
    torch.manual_seed(1)
    torch.testing.assert_close(augment(pictures), first, rtol=0, atol=0)
    assert (first[0] - first[1]).abs().max() > 10


def test_ink_is_neither_lost_nor_moved_away(pictures: Tensor) -> None:
    changed = augment(pictures)
    mass = changed.sum(dim=(1, 2)) / pictures[0].sum()
    assert 0.3 < mass.min() < 0.9
    assert 1.1 < mass.max() < 2.5
    at = torch.arange(28.0)
    for axis in (1, 2):
        center = (changed.sum(dim=3 - axis) * at).sum(dim=1) / changed.sum(dim=(1, 2))
        assert (center - 13.5).abs().max() < 3
