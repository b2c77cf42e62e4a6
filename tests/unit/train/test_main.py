"""`python -m train`, without the training itself, which takes minutes."""

import json
import sys
from pathlib import Path

import pytest

from tests.small_data import write_small_data
from train import __main__ as command
from train import calibration
from train.card import describe
from train.data.folder import UNIPEN_LETTERS
from train.data.unipen import ARCHIVE
from train.evaluation.numbers import KINDS as NUMBERS
from train.model_store import MODEL_STORE, read_model
from train.synthesis.pictures import KINDS


def test_weights_of_a_model_store_are_calibrated_and_evaluated_and_stay_the_same(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_small_data(data_dir, tmp_path / "data", every=40)
    output = tmp_path / "store"
    monkeypatch.setattr(calibration, "TAPS", 500)
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "train",
            "--weights",
            str(MODEL_STORE),
            "--data",
            str(data),
            "--output",
            str(output),
            "--pictures",
            "2",
            "--numbers",
            "2",
        ],
    )
    command.main()
    _, card = read_model(output)
    _, committed = read_model(MODEL_STORE)
    assert (output / "digits.pt").read_bytes() == (MODEL_STORE / "digits.pt").read_bytes()
    assert (output / "README.md").read_text() == describe(card)
    assert {name: card[name] for name in command.TRAINING} == {name: committed[name] for name in command.TRAINING}
    assert card["calibration"] != committed["calibration"]  # fitted to the small data
    assert card["data_sha256"] != committed["data_sha256"]
    assert card["test"]["mnist"]["accuracy"]["n"] == 300
    assert card["test"]["pictures"]["kinds"].keys() == set(KINDS)
    assert card["test"]["pictures"]["kinds"]["shadow"]["right"]["n"] == 2
    assert card["test"]["numbers"].keys() == set(NUMBERS)
    assert card["test"]["numbers"]["gap of 0.40"]["whole"]["n"] == 2
    assert card.keys() == committed.keys()
    assert "written to" in capsys.readouterr().out
    json.dumps(card, allow_nan=False)


def test_missing_data_is_fetched_and_a_failure_is_one_sentence(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_small_data(data_dir, tmp_path, every=400)
    (data / UNIPEN_LETTERS).unlink()
    (data / "downloads").mkdir()
    (data / "downloads" / ARCHIVE).write_bytes(b"<html></html>")
    monkeypatch.setattr(sys, "argv", ["train", "--data", str(data)])
    with pytest.raises(SystemExit, match=rf"^{data}/downloads/{ARCHIVE} is not UNIPEN's archive"):
        command.main()
