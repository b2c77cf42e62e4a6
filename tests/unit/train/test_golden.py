import base64
import io

import numpy as np
from PIL import Image

from handler.calibration import Logits
from handler.preprocessing import Pixels
from train.data.labeled_images import LabeledImages
from train.golden import golden_digits
from train.synthesis.digit_templates import DIGITS


def logits_by_ink(pictures: Pixels) -> Logits:
    """Return logits of which that of each digit is the surer the more ink a picture has."""
    levels = pictures.mean(axis=(1, 2))
    logits = np.zeros((len(pictures), 11), np.float32)
    logits[:, :10] = levels[:, None] * np.eye(10)[int(levels[0]) // 4 % 10] if len(pictures) == 4 else levels[:, None]
    return logits


def decoded(drawing: dict[str, str]) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(drawing["image"]))))


def test_each_digit_has_a_sure_one_of_mnist_and_one_of_each_template() -> None:
    labels = np.repeat(np.arange(10), 4)
    pictures = np.arange(40, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    order = np.random.default_rng(0).permutation(40)
    golden = golden_digits(logits_by_ink, LabeledImages(pictures[order], labels[order]))
    expected = [digit for digit, templates in enumerate(DIGITS) for _ in range(1 + len(templates))]
    assert [drawing["digit"] for drawing in golden] == expected
    firsts = [decoded(golden[expected.index(digit)])[0, 0] for digit in range(10)]
    assert firsts == [4 * digit + 3 for digit in range(10)]
    drawn = [decoded(drawing) for index, drawing in enumerate(golden) if expected.index(expected[index]) != index]
    assert all(picture.shape == (28, 28) and picture.max() == 255 for picture in drawn)
    assert len({picture.tobytes() for picture in drawn}) == len(drawn)
