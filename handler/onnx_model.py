"""The exported network in ONNX Runtime: pictures → logits."""

from pathlib import Path

import numpy as np
import onnxruntime

from handler.calibration import Logits
from handler.preprocessing import Pixels

# More pictures in a forward pass gain nothing, and ONNX Runtime keeps the memory of its largest: 40 MiB for 256.
MAX_FORWARD = 32


class OnnxModel:
    """A network on one core, read from the ONNX file that `train.export` wrote."""

    def __init__(self, path: Path) -> None:
        onnxruntime.disable_telemetry_events()  # which some builds send
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one core for each worker process; more threads would contend
        options.inter_op_num_threads = 1
        # The weights have 8 bits in the file only: without this they would become float32 again in every pass.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def logits(self, pictures: Pixels) -> Logits:
        """Return (n, 11) logits, ten digits and "this is a digit", of (n, 28, 28) pictures; n is at least 1."""
        starts = range(0, len(pictures), MAX_FORWARD)
        passes = [self._session.run(["logits"], {"pictures": pictures[i : i + MAX_FORWARD]})[0] for i in starts]
        return passes[0] if len(passes) == 1 else np.concatenate(passes)
