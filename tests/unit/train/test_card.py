import base64
import io

import numpy as np
import torch
from PIL import Image

from train.card import describe, golden_digits, training_machine
from train.data.labeled_images import LabeledImages
from train.model_store import MODEL_STORE, read_model

_, CARD = read_model(MODEL_STORE)


def test_golden_digit_is_the_one_of_median_certainty() -> None:
    labels = np.repeat(np.arange(10), 3)
    pictures = np.arange(30, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    logits = np.zeros((30, 11), np.float32)
    logits[np.arange(30), labels] = np.tile([5.0, 1.0, 3.0], 10)
    golden = golden_digits(logits, LabeledImages(pictures, labels))
    assert [drawing["digit"] for drawing in golden] == list(range(10))
    levels = [np.asarray(Image.open(io.BytesIO(base64.b64decode(drawing["image"]))))[0, 0] for drawing in golden]
    assert levels == [3 * digit + 2 for digit in range(10)]


def test_page_beside_the_weights_is_the_one_of_the_card() -> None:
    assert (MODEL_STORE / "README.md").read_text(encoding="utf-8") == describe(CARD)


def test_page_of_a_training_without_tablet_digits_has_the_rest() -> None:
    card = {**CARD, "test": {"mnist": CARD["test"]["mnist"]}}
    accuracy = card["test"]["mnist"]["accuracy"]
    interval = f"{accuracy['low']}–{accuracy['high']}"
    assert f"| MNIST, accuracy | {accuracy['percent']} % ({interval}, n = 10000) |" in describe(card)


def test_card_names_the_instruction_set_and_the_packages_of_the_training() -> None:
    assert training_machine()["cpu"] == torch.backends.cpu.get_cpu_capability()
    assert CARD["machine"].keys() == training_machine().keys()
    assert CARD["machine"]["cpu"] == "AVX512"
