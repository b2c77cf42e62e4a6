import pytest
import torch

from train.calibration import KEPT, calibrate


def synthetic(scale: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits whose labels are drawn from their own softmax, then multiplied by `scale`."""
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, 11, generator=random) * 2
    labels = torch.multinomial(torch.softmax(logits[:, :10], dim=1), 1, generator=random).squeeze(1)
    logits[:, :10] *= scale
    return logits, labels


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_temperature_undoes_a_networks_over_and_under_confidence(scale: float) -> None:
    assert calibrate(*synthetic(scale)).temperature == pytest.approx(scale, rel=0.05)


def test_few_wrong_labels_leave_the_temperature_as_it_is() -> None:
    logits, labels = synthetic(1.0)
    logits[:, :10] *= 4  # nearly always sure, as on drawings
    labels = logits[:, :10].argmax(dim=1)
    borderline = torch.arange(len(labels)) % 20 == 0
    logits[borderline] /= 8
    right = calibrate(logits, labels).temperature
    wrong = torch.arange(len(labels)) % 200 == 1
    labels[wrong] = (labels[wrong] + 1) % 10
    assert calibrate(logits, labels).temperature == pytest.approx(right, rel=0.1)


def test_threshold_keeps_its_share_of_the_drawings() -> None:
    logits, labels = synthetic(1.0)
    threshold = calibrate(logits, labels).ood_threshold
    kept = (torch.sigmoid(-logits[:, 10]) < threshold).float().mean()
    assert float(kept) == pytest.approx(KEPT, abs=1e-3)
