import pytest

from train.evaluation.table import table
from train.model_store import MODEL_STORE, read_model

_, CARD = read_model(MODEL_STORE)


def test_every_share_has_its_interval_and_count() -> None:
    share = {"percent": 98.5, "low": 97.25, "high": 99.0, "n": 200}
    assert table({"images": {"accuracy": share}}).splitlines() == [
        "| metric | value (95 % interval) |",
        "|---|---|",
        "| images, accuracy | 98.5 % (97.25–99.0, n = 200) |",
    ]


@pytest.mark.parametrize("missing", CARD["test"].keys() - {"half_drawn"})
def test_part_that_was_not_measured_is_left_out(missing: str) -> None:
    rows = table(CARD["test"]).splitlines()
    left = table({name: part for name, part in CARD["test"].items() if name != missing}).splitlines()
    assert len(left) < len(rows)
    assert set(left) < set(rows)
