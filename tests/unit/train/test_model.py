import numpy as np
import pytest
import torch

from handler.calibration import CLASSES
from train.model import FORWARD, DigitNet, logits_of
from train.model_store import MODEL_STORE, read_model

COMMITTED, _ = read_model(MODEL_STORE)


def test_docstring_states_the_number_of_parameters() -> None:
    count = sum(parameter.numel() for parameter in DigitNet().parameters())
    assert f"{count:,} parameters" in (DigitNet.__doc__ or "")


def test_committed_weights_fit_the_network_and_are_finite() -> None:
    assert all(torch.isfinite(tensor).all() for tensor in COMMITTED.state_dict().values())


def test_logits_are_ten_digits_and_one_more() -> None:
    logits = DigitNet().eval()(torch.zeros(3, 28, 28, dtype=torch.uint8))
    assert (logits.shape, logits.dtype) == ((3, CLASSES + 1), torch.float32)


def test_pictures_of_uint8_and_float_have_the_same_logits() -> None:
    pictures = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 28, 28), dtype=np.uint8))
    net = DigitNet().eval()
    torch.testing.assert_close(net(pictures), net(pictures.float()), rtol=0, atol=0)


def test_pictures_of_a_batch_do_not_affect_each_other() -> None:
    pictures = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8))
    with torch.no_grad():
        torch.testing.assert_close(COMMITTED(pictures)[3:4], COMMITTED(pictures[3:4]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("width", [4, 8, 48])
def test_every_layer_is_as_wide_as_the_argument_says(width: int) -> None:
    net = DigitNet(width)
    channels = [layer.out_channels for layer in net.features if isinstance(layer, torch.nn.Conv2d)]
    assert channels == [factor * width for factor in (1, 2, 4, 4, 8, 8)]
    assert net.eval()(torch.zeros(1, 28, 28)).shape == (1, CLASSES + 1)


def test_logits_of_many_pictures_are_those_of_each_batch() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (FORWARD + 3, 28, 28), dtype=np.uint8)
    logits = logits_of(COMMITTED, pictures)
    assert not logits.requires_grad
    torch.testing.assert_close(logits[-3:], logits_of(COMMITTED, pictures[-3:]), rtol=1e-4, atol=1e-4)
