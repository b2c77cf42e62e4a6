import json
from pathlib import Path

import pytest
import yaml

from handler.observations import BINS
from tests import served_model
from train.data.folder import load_pen_digits
from train.drift import LEAST, TARGET, Shares, shares_of, write_rules
from train.model_store import MODEL_STORE


def shares_in(path: Path) -> Shares:
    """Return the shares that a file of rules records."""
    [group] = yaml.safe_load(path.read_text())["spec"]["groups"]
    return {
        (rule["labels"]["property"], rule["labels"]["bin"]): float(rule["expr"].removeprefix("vector(")[:-1])
        for rule in group["rules"]
    }


def test_committed_reference_is_of_the_committed_weights_and_has_every_bin() -> None:
    card = json.loads((MODEL_STORE / "digits.json").read_text())
    metadata = yaml.safe_load(TARGET.read_text())["metadata"]
    assert metadata["annotations"]["digits/weights-sha256"] == card["weights_sha256"]
    shares = shares_in(TARGET)
    assert shares.keys() == {(name, label) for name, labels in BINS.items() for label in labels}
    for name, labels in BINS.items():
        assert sum(shares[name, label] for label in labels) == pytest.approx(1, abs=0.01)


def test_committed_reference_is_what_the_command_writes(data_dir: Path, tmp_path: Path) -> None:
    drawings = load_pen_digits(data_dir)["validation"]
    file = tmp_path / "reference.yaml"
    write_rules(file, shares_of(drawings, served_model.recognizer()), len(drawings), "0" * 64)
    shares = shares_in(file)
    assert min(shares.values()) == LEAST
    # Another processor may round a number into the next bin.
    assert shares == pytest.approx(shares_in(TARGET), abs=0.01)
