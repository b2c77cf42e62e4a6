import base64
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import handler
from tests.unit.train.test_model import committed_net
from train.archive import MODEL_STORE
from train.card import golden_digits, write_model
from train.data.folder import digests
from train.data.labeled_images import LabeledImages as Images
from train.model import DigitNet

CARD = json.loads((MODEL_STORE / "digits.json").read_text(encoding="utf-8"))


def test_golden_digit_is_the_one_of_median_certainty() -> None:
    labels = np.repeat(np.arange(10), 3)
    pictures = np.arange(30, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    logits = torch.zeros(30, 11)
    logits[torch.arange(30), torch.from_numpy(labels)] = torch.tensor([5.0, 1.0, 3.0]).repeat(10)
    golden = golden_digits(logits, Images(pictures, labels))
    assert [drawing["digit"] for drawing in golden] == list(range(10))
    levels = [np.asarray(Image.open(io.BytesIO(base64.b64decode(drawing["image"]))))[0, 0] for drawing in golden]
    assert levels == [3 * digit + 2 for digit in range(10)]


def test_model_is_written_with_the_digest_of_its_weights(tmp_path: Path) -> None:
    write_model(tmp_path / "new", DigitNet(), {"calibration": {"temperature": 1.5}})
    card = json.loads((tmp_path / "new/digits.json").read_text())
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["digits.json", "digits.pt"]
    assert card["weights_sha256"] == hashlib.sha256((tmp_path / "new/digits.pt").read_bytes()).hexdigest()
    assert (card["name"], card["version"]) == ("digits", handler.__version__)
    assert card["calibration"] == {"temperature": 1.5}


def test_committed_card_describes_the_committed_weights() -> None:
    assert CARD["weights_sha256"] == hashlib.sha256((MODEL_STORE / "digits.pt").read_bytes()).hexdigest()
    assert CARD["parameters"] == sum(parameter.numel() for parameter in committed_net().parameters())
    assert CARD["version"] == handler.__version__


def test_committed_card_names_the_data_that_is_here(data_dir: Path) -> None:
    assert CARD["data_sha256"] == digests(data_dir)
