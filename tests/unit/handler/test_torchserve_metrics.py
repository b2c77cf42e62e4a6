import logging
import re
from collections import Counter

import pytest

from handler import torchserve_metrics
from handler.digit_handler import DigitHandler
from handler.observations import BINS, Observations
from handler.torchserve_metrics import TorchServeMetrics
from tests import drawings
from tests.unit.handler.batches import READY, FakeContext, ask, image
from tests.unit.handler.batches import torchserve_metrics as cache

LINE = re.compile(r"\[METRICS\](digits_\w+)\.Count:(\d+)\|#(?:property:(\w+),)?bin:([\w.]+)\|#type:COUNTER\|#hostname:")


def sent(caplog: pytest.LogCaptureFixture) -> Counter[tuple[str, ...]]:
    """Return the counts in the lines that TorchServe's Java side would parse, and forget the lines."""
    counts: Counter[tuple[str, ...]] = Counter()
    for record in caplog.records:
        if record.name == "ts.metrics.caching_metric":
            found = LINE.match(record.getMessage())
            assert found is not None, record.getMessage()
            counts[tuple(part for part in (found[1], found[3], found[4]) if part)] += int(found[2])
    caplog.clear()
    return counts


@pytest.fixture(autouse=True)
def _worker(caplog: pytest.LogCaptureFixture) -> None:
    """Log as TorchServe's worker does."""
    caplog.set_level(logging.INFO)


def test_every_bin_starts_at_zero(caplog: pytest.LogCaptureFixture) -> None:
    TorchServeMetrics(cache())
    counts = sent(caplog)
    assert set(counts.values()) == {0}
    pictures = {(key[1], key[2]) for key in counts if key[0] == "digits_pictures_total"}
    assert pictures == {(name, label) for name, labels in BINS.items() for label in labels}
    assert len(counts) == len(pictures) + len(torchserve_metrics.BATCHES) + 1


def test_counts_are_sent_together_and_not_for_each_batch(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = DigitHandler()
    handler.initialize(FakeContext())
    sent(caplog)
    for _ in range(3):
        ask(handler, (drawings.seven(), image()), (drawings.one(), image()), (drawings.blank(), image()))
    ask(handler, (b"", READY))
    assert sent(caplog) == {}
    monkeypatch.setattr(torchserve_metrics, "FLUSH_SECONDS", 0)
    ask(handler, (b"", READY))
    counts = sent(caplog)
    assert counts["digits_pictures_total", "digit", "7"] == counts["digits_pictures_total", "digit", "1"] == 3
    assert counts["digits_pictures_total", "path", "plain"] == 6
    assert counts["digits_batches_total", "4"] == 3
    assert sum(n for key, n in counts.items() if key[0] == "digits_batches_total") == 3
    ask(handler, (b"", READY))
    assert sent(caplog) == {}


def test_torchserve_does_not_write_its_own_metric_of_every_batch(caplog: pytest.LogCaptureFixture) -> None:
    metrics = TorchServeMetrics(cache())
    metrics.update(Observations(), 1)
    sent(caplog)
    cache().model_name = "digits"
    cache().request_ids = {0: "a"}
    cache().add_time("PredictionTime", 1.0)
    assert not caplog.records


def test_digit_that_is_still_being_drawn_is_answered_and_not_counted(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = DigitHandler()
    handler.initialize(FakeContext())
    sent(caplog)
    monkeypatch.setattr(torchserve_metrics, "FLUSH_SECONDS", 0)
    draft, whole = image(**{"X-Size-Class": "draft"}), image(**{"X-Size-Class": "small"})
    answers, _ = ask(handler, (drawings.seven(), draft), (drawings.one(), whole), (drawings.seven(), draft))
    assert [answer["digit"] for answer in answers] == [7, 1, 7]
    counts = sent(caplog)
    assert {key[2]: n for key, n in counts.items() if key[1] == "digit"} == {"1": 1}
