from pathlib import Path

import numpy as np
import onnxruntime
import torch

from train.export import export_onnx
from train.model_store import MODEL_STORE, read_model

COMMITTED, _ = read_model(MODEL_STORE)


def test_exported_network_has_nearly_the_same_logits_for_any_number_of_pictures(tmp_path: Path) -> None:
    export_onnx(COMMITTED, tmp_path / "digits.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "digits.onnx"), providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    for count in (1, 2, 33):
        pictures = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        [logits] = session.run(["logits"], {"pictures": pictures})
        with torch.no_grad():
            expected = COMMITTED(torch.from_numpy(pictures)).numpy()
        assert logits.shape == (count, 11)
        # Weights are stored in 8 bits: close, not equal.
        assert np.abs(logits - expected).max() < 0.05 * np.abs(expected).max()


def test_two_exports_are_the_same_bytes_and_small(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_onnx(COMMITTED, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").stat().st_size <= 128 * 1024
