from pathlib import Path

import numpy as np
import pytest

from handler.onnx_model import MAX_FORWARD, OnnxModel
from tests import served_model

PICTURES = np.random.default_rng(0).integers(0, 256, (2 * MAX_FORWARD + 5, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize("count", [1, MAX_FORWARD, MAX_FORWARD + 1, 2 * MAX_FORWARD + 5])
def test_logits_of_any_number_of_pictures_are_those_of_each_picture(count: int) -> None:
    network = OnnxModel(served_model.folder() / "digits.onnx")
    logits = network.logits(PICTURES[:count])
    assert logits.shape == (count, 11)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits[-1], network.logits(PICTURES[count - 1 : count])[0], rtol=1e-4, atol=1e-4)


def test_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"absent\.onnx"):
        OnnxModel(tmp_path / "absent.onnx")
