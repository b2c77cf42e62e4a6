import base64
import io
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import handler
from handler.choice import BEST
from handler.errors import ApiError, BlankImage, InvalidImage
from handler.onnx_model import MAX_FORWARD
from handler.preprocessing import Alternatives, preprocess
from handler.preprocessing.segmentation.box import Box
from handler.recognizer import Recognizer
from tests import drawings, served_model
from train.export import export_onnx
from train.model import DigitNet
from train.synthesis.digit_templates import DIGITS

SEVEN, ONE = drawings.seven(), drawings.one()


def recognize(images: list[bytes], recognizer: Recognizer | None = None) -> list[dict[str, Any]]:
    [answers] = (recognizer or served_model.recognizer()).recognize([images])
    return [dict(answer) for answer in answers if not isinstance(answer, ApiError)]


def infer(images: list[Alternatives]) -> list[dict[str, Any]]:
    [answers] = served_model.recognizer().infer([images])
    return [dict(answer) for answer in answers if not isinstance(answer, ApiError)]


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def with_card(folder: Path, **changes: Any) -> Recognizer:
    """Load the committed model with a changed card."""
    shutil.copy(served_model.folder() / "digits.onnx", folder)
    card = json.loads((served_model.folder() / "digits.json").read_text())
    card |= {name: change for name, change in changes.items() if name != "calibration"}
    card["calibration"] |= changes.get("calibration", {})
    (folder / "digits.json").write_text(json.dumps(card))
    return Recognizer(folder, "9.9.9")


def scribbles(count: int) -> list[bytes]:
    random = np.random.default_rng(1)
    lines = [[(int(x), int(y)) for x, y in random.integers(20, 260, (5, 2))] for _ in range(count)]
    return [drawings.encoded(drawings.drawing(line)) for line in lines]


def test_recognition_has_the_fields_of_the_contract() -> None:
    [answer] = recognize([SEVEN])
    assert list(answer) == ["digit", "confidence", "probabilities", "verdict", "ood_score", "input", "box", "model"]
    assert answer["digit"] == 7
    assert answer["verdict"] == "digit"
    assert answer["model"] == {"name": "digits", "version": handler.__version__}
    assert answer["confidence"] == max(answer["probabilities"]) == answer["probabilities"][7]
    assert 0 <= answer["ood_score"] <= 1
    json.dumps(answer, allow_nan=False)


def test_image_with_two_readings_is_unsure_and_gives_both() -> None:
    pictures, boxes = np.stack([preprocess(ONE), preprocess(SEVEN)]), (Box(0, 0, 9, 9), Box(5, 0, 4, 9))
    alone = [Alternatives(pictures[[index]], (boxes[index],)) for index in (0, 1)]
    one, seven = (max(log_odds(answer["ood_score"]), BEST) for answer in infer(alone))
    either = Alternatives(pictures, boxes, (0.0, one - seven + 0.3))  # the 1 is a little likelier
    first, second, answer = infer([*alone, either])
    assert (first["digit"], first["verdict"], second["digit"], second["verdict"]) == (1, "digit", 7, "digit")
    assert (answer["digit"], answer["verdict"], answer["box"]["left"]) == (1, "unsure", 0)
    assert min(answer["probabilities"][1], answer["probabilities"][7]) > 0.2
    assert answer["confidence"] == max(answer["probabilities"]) == answer["probabilities"][1]
    assert sum(answer["probabilities"]) == pytest.approx(1)


def test_input_is_the_picture_that_the_model_saw() -> None:
    [answer] = recognize([SEVEN])
    kind, _, data = answer["input"].partition(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), preprocess(SEVEN))


def test_answers_keep_their_places_over_requests_and_errors() -> None:
    error = InvalidImage("This was found before.")
    answers = served_model.recognizer().recognize([[SEVEN, b"bad", ONE], [], [error], [drawings.blank(), SEVEN]])
    kinds = [[type(x) if isinstance(x, ApiError) else x["digit"] for x in request] for request in answers]
    assert kinds == [[7, InvalidImage, 1], [], [InvalidImage], [BlankImage, 7]]
    assert answers[2][0] is error


def test_more_images_than_one_forward_pass_takes_keep_their_order() -> None:
    requests = [[SEVEN, ONE, ONE]] * (MAX_FORWARD // 3 + 20)
    answers = served_model.recognizer().recognize(requests)
    assert all([x["digit"] for x in request if isinstance(x, dict)] == [7, 1, 1] for request in answers)


def test_answer_does_not_depend_on_its_batch() -> None:
    images = [SEVEN, ONE, *scribbles(30)]
    together = recognize(images)
    for image, answer in zip(images[:6], together[:6], strict=True):
        [alone] = recognize([image])
        np.testing.assert_allclose(alone["probabilities"], answer["probabilities"], atol=2e-6)
        assert alone["ood_score"] == pytest.approx(answer["ood_score"], abs=2e-6)


def test_nothing_is_recognized_in_no_images() -> None:
    assert served_model.recognizer().recognize([]) == []
    assert served_model.recognizer().recognize([[], []]) == [[], []]


def test_probabilities_sum_to_1_after_rounding() -> None:
    for answer in recognize([SEVEN, ONE, *scribbles(200)]):
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-9)
        assert min(answer["probabilities"]) >= 0
        assert answer["digit"] == int(np.argmax(answer["probabilities"]))
        assert all(round(number, 6) == number for number in [*answer["probabilities"], answer["ood_score"]])


def test_score_from_the_threshold_on_is_not_a_digit(tmp_path: Path) -> None:
    images = scribbles(20)
    answers = recognize(images)
    worst = max(range(20), key=lambda index: answers[index]["ood_score"])
    score = answers[worst]["ood_score"]
    for shift, rejected in ((-2e-6, True), (2e-6, False)):
        recognizer = with_card(tmp_path, calibration={"ood_threshold": score + shift})
        assert (recognize([images[worst]], recognizer)[0]["verdict"] == "not_a_digit") is rejected


def test_certainty_below_the_threshold_is_unsure(tmp_path: Path) -> None:
    images = scribbles(40)
    certainties = [answer["confidence"] * (1 - answer["ood_score"]) for answer in recognize(images)]
    certainty, image = sorted(zip(certainties, images, strict=True))[30]
    assert 0.01 < certainty < 0.9
    for shift, verdict in ((0.0, "digit"), (2e-5, "unsure")):
        recognizer = with_card(tmp_path, calibration={"ood_threshold": 1.1, "unsure_below": certainty + shift - 1e-5})
        assert recognize([image], recognizer)[0]["verdict"] == verdict


def test_version_is_the_one_that_was_given(tmp_path: Path) -> None:
    assert recognize([SEVEN], with_card(tmp_path))[0]["model"]["version"] == "9.9.9"


def test_wrong_weights_fail_the_golden_digits(tmp_path: Path) -> None:
    with_card(tmp_path)
    torch.manual_seed(0)
    export_onnx(DigitNet().eval(), tmp_path / "digits.onnx")
    with pytest.raises(RuntimeError, match="golden"):
        Recognizer(tmp_path, "1.0.0")


@pytest.mark.parametrize("flaw", ["another digit", "damaged", "rejected"])
def test_golden_digit_that_is_not_recognized_is_fatal(tmp_path: Path, flaw: str) -> None:
    golden = json.loads((served_model.folder() / "digits.json").read_text())["golden"]
    if flaw == "another digit":
        golden[4]["digit"] = 5
    if flaw == "damaged":
        golden[4]["image"] = golden[4]["image"][:40]
    with pytest.raises(RuntimeError, match="golden"):
        with_card(tmp_path, golden=golden, calibration={"ood_threshold": 0.0} if flaw == "rejected" else {})


@pytest.mark.parametrize("name", ["digits.onnx", "digits.json"])
def test_missing_file_is_fatal(tmp_path: Path, name: str) -> None:
    with_card(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(Exception, match=name):
        Recognizer(tmp_path, "1.0.0")


def test_card_holds_a_golden_drawing_of_each_way_to_write_a_digit() -> None:
    golden = json.loads((served_model.folder() / "digits.json").read_text())["golden"]
    expected = [digit for digit, templates in enumerate(DIGITS) for _ in range(1 + len(templates))]  # one is MNIST's
    assert [drawing["digit"] for drawing in golden] == expected
