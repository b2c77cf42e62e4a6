import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests import drawings, served_model
from tests.small_data import write_small_data
from train import evaluate


@pytest.fixture(scope="module")
def small_data(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_data(data_dir, tmp_path_factory.mktemp("data"), every=40)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--archive", str(served_model.archive()), *map(str, arguments)])
    evaluate.main()


def test_evaluate_prints_the_table_and_writes_the_report_with_plots(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "deep" / "evaluation"
    run(monkeypatch, "--data", small_data, "--output", output, "--pictures", "0", "--numbers", "2")
    report = json.loads((output / "report.json").read_text())
    printed = capsys.readouterr().out
    assert report["mnist"]["accuracy"]["n"] == 300
    assert report["mnist"]["accuracy"]["percent"] > 97
    assert report["tablet"]["accuracy"]["percent"] > 90
    assert report["numbers"]["gap of 0.40"]["whole"]["n"] == 2
    assert f"| MNIST, accuracy | {report['mnist']['accuracy']['percent']} % (" in printed
    assert f"| letters without look-alikes: AUROC of ood_score | {report['letters']['auroc']} % |" in printed
    plots = ["confusion.png", "errors.png", "reliability.png", "variation.png"]
    assert {path.name for path in output.iterdir()} == {*plots, "report.json"}
    for name in plots:
        with Image.open(output / name) as image:
            image.load()
            assert min(image.size) > 100


def test_other_split_can_be_evaluated(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("--pictures", "0", "--numbers", "0")
    run(monkeypatch, "--data", small_data, "--output", tmp_path, "--split", "validation", *few)
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report["tablet"]["by_writer"]) == {"tra22", "tra23", "tra24"}
    assert "| metric | value" in capsys.readouterr().out


def test_kinds_of_pictures_can_be_measured_alone(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ("--pictures", "6", "--kinds", "screenshot-frame,blank-noise")
    run(monkeypatch, "--data", small_data, "--output", tmp_path, *kinds)
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report) == {"pictures"}
    assert report["pictures"]["kinds"]["screenshot-frame"]["right"]["n"] == 6
    assert "| screenshot-frame |" in capsys.readouterr().out
    wrong = round(6 * (1 - report["pictures"]["kinds"]["screenshot-frame"]["right"]["percent"] / 100))
    assert (tmp_path / "errors-screenshot-frame.png").exists() == (wrong > 0)


def test_folder_of_images_can_be_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, image in (("7_a.png", drawings.seven()), ("2_b.png", drawings.one()), ("blank_c.png", drawings.blank())):
        (folder / name).write_bytes(image)
    run(monkeypatch, "--images", folder, "--output", tmp_path / "evaluation")
    report = json.loads((tmp_path / "evaluation/report.json").read_text())
    assert report["images"]["right"] == {"percent": 50.0, "low": 9.45, "high": 90.55, "n": 2}
    assert report["images"]["no_digit"]["called_a_digit"]["percent"] == 0.0
    assert "| images, read right | 50.0 % (9.45–90.55, n = 2) |" in capsys.readouterr().out
    plots = {"confusion.png", "errors.png", "reliability.png", "errors-images.png"}
    assert {path.name for path in (tmp_path / "evaluation").iterdir()} == {*plots, "report.json"}


def test_missing_archive_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.mar"):
        evaluate.load_recognizer(tmp_path / "absent.mar")
