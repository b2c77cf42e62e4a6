import numpy as np
import torch

from train.archive import MODEL_STORE
from train.model import CLASSES, DigitNet


def committed_net() -> DigitNet:
    net = DigitNet()
    net.load_state_dict(torch.load(MODEL_STORE / "digits.pt", weights_only=True))
    return net.eval()


def test_docstring_states_the_number_of_parameters() -> None:
    count = sum(parameter.numel() for parameter in DigitNet().parameters())
    assert f"{count:,}".replace(",", " ") in (DigitNet.__doc__ or "")


def test_committed_weights_fit_the_network_and_are_finite() -> None:
    assert all(torch.isfinite(tensor).all() for tensor in committed_net().state_dict().values())


def test_logits_are_ten_digits_and_one_more() -> None:
    logits = DigitNet().eval()(torch.zeros(3, 28, 28, dtype=torch.uint8))
    assert (logits.shape, logits.dtype) == ((3, CLASSES + 1), torch.float32)


def test_whole_and_fractional_pictures_mean_the_same() -> None:
    pictures = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 28, 28), dtype=np.uint8))
    net = DigitNet().eval()
    torch.testing.assert_close(net(pictures), net(pictures.float()), rtol=0, atol=0)


def test_pictures_of_a_batch_do_not_touch_each_other() -> None:
    pictures = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8))
    net = committed_net()
    with torch.no_grad():
        torch.testing.assert_close(net(pictures)[3:4], net(pictures[3:4]), rtol=1e-4, atol=1e-4)
