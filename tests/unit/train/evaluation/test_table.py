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


SHARE = {"percent": 98.5, "low": 97.25, "high": 99.0, "n": 200}


def test_kinds_of_pictures_and_numbers_have_a_row_each() -> None:
    names = ("right", "right_if_readable", "wrong_and_sure", "rejected", "blank", "failed")
    text = table(
        {
            "pictures": {
                "kinds": {"shadow": dict.fromkeys(names, SHARE)},
                "blanks": {"blank-noise": {"called_a_digit": SHARE, "unsure": SHARE}},
            },
            "numbers": {"touching": {"whole": SHARE, "each_digit": {**SHARE, "n": 700}, "wrong_and_sure": SHARE}},
        }
    )
    cell = "98.5 % (97.25–99.0)"
    rows = text.splitlines()
    assert f"| shadow |{f' {cell} |' * 6} 200 |" in rows
    assert f"| blank-noise |{f' {cell} |' * 2} 200 |" in rows
    assert f"| touching |{f' {cell} |' * 3} 200 |" in rows
    assert "| metric | value (95 % interval) |" not in rows


def test_images_of_a_folder_have_their_verdicts_too() -> None:
    images = {"right": SHARE, "no_digit": {"called_a_digit": SHARE}}
    assert table({"images": images}).splitlines()[2:] == [
        "| images, read right | 98.5 % (97.25–99.0, n = 200) |",
        "| images without a digit, verdict `digit` | 98.5 % (97.25–99.0, n = 200) |",
    ]
