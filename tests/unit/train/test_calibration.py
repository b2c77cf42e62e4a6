import numpy as np
import pytest

from handler.calibration import CLASSES, Logits
from handler.preprocessing import Pixels
from handler.tap_detection import look_like_taps
from train.calibration import KEPT, TAPS_KEPT, fit_rejection, fit_temperature
from train.data.labeled_images import Labels

COUNT = 6000
Y, X = np.mgrid[0:28, 0:28] - 13.5
BAR, DISK = (np.where(inside, 255, 0).astype(np.uint8) for inside in (np.abs(X) < 2, np.hypot(X, Y) < 10))


def synthetic(scale: float) -> tuple[Logits, Labels]:
    """Return logits whose labels are drawn from their own softmax, the logits then multiplied by `scale`."""
    random = np.random.default_rng(0)
    logits = (2 * random.standard_normal((COUNT, 11))).astype(np.float32)
    exponents = np.exp(logits[:, :CLASSES])
    cumulative = np.cumsum(exponents / exponents.sum(axis=1, keepdims=True), axis=1)
    labels = np.minimum((random.random((COUNT, 1)) > cumulative).sum(axis=1), CLASSES - 1)
    logits[:, :CLASSES] *= scale
    return logits, labels


def pictures(picture: Pixels, count: int) -> Pixels:
    return np.broadcast_to(picture, (count, 28, 28))


def taps(mean: float, spread: float) -> tuple[Pixels, Logits]:
    logits = np.zeros((1000, 11), np.float32)
    logits[:, CLASSES] = np.random.default_rng(1).normal(mean, spread, 1000)
    return pictures(DISK, 1000), logits


NO_TAPS_PASS = taps(-60, 1)
BARS = pictures(BAR, COUNT)
LOGITS, LABELS = synthetic(1.0)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_temperature_corrects_over_and_under_confidence(scale: float) -> None:
    assert fit_temperature(*synthetic(scale)) == pytest.approx(scale, rel=0.05)


def test_few_wrong_labels_do_not_change_the_temperature() -> None:
    logits = LOGITS.copy()
    logits[:, :CLASSES] *= 4  # nearly always sure, as on drawings
    labels = logits[:, :CLASSES].argmax(axis=1)
    logits[::20] /= 8  # borderline
    right = fit_temperature(logits, labels)
    labels[1::200] = (labels[1::200] + 1) % CLASSES
    assert fit_temperature(logits, labels) == pytest.approx(right, rel=0.1)


def test_threshold_keeps_its_share_of_the_digits() -> None:
    calibration = fit_rejection(1.0, BARS, LOGITS, *NO_TAPS_PASS)
    scores = calibration.ood_scores(LOGITS, look_like_taps(BARS))
    assert (scores < calibration.ood_threshold).mean() == pytest.approx(KEPT, abs=1e-3)


def test_taps_that_the_network_rejects_itself_have_no_penalty() -> None:
    assert fit_rejection(1.0, BARS, LOGITS, *NO_TAPS_PASS).tap_penalty == 0


@pytest.mark.parametrize("unit", [0.25, 1.0, 2.0])
def test_penalty_is_the_smallest_that_rejects_taps_in_the_unit_of_any_network(unit: float) -> None:
    made, tap_logits = taps(-3, 3)
    logits, tap_logits = LOGITS * np.float32(unit), tap_logits * np.float32(unit)
    calibration = fit_rejection(1.0, BARS, logits, made, tap_logits)
    scores = calibration.ood_scores(tap_logits, look_like_taps(made))
    assert (scores < calibration.ood_threshold).mean() <= TAPS_KEPT
    threshold = -np.log(calibration.ood_threshold / (1 - calibration.ood_threshold))
    needed = np.quantile(tap_logits[:, CLASSES], 1 - TAPS_KEPT) - threshold
    assert calibration.tap_penalty == pytest.approx(needed, abs=0.2 * unit)


def test_threshold_knows_that_the_penalty_applies_to_digits_that_look_like_taps() -> None:
    made, tap_logits = taps(0, 1)
    shapes = BARS.copy()
    shapes[::10] = DISK
    plain = fit_rejection(1.0, BARS, LOGITS, made, tap_logits)
    calibration = fit_rejection(1.0, shapes, LOGITS, made, tap_logits)
    assert calibration.ood_threshold > plain.ood_threshold
    scores = calibration.ood_scores(LOGITS, look_like_taps(shapes))
    assert (scores < calibration.ood_threshold).mean() == pytest.approx(KEPT, abs=1e-3)
