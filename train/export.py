"""The trained network → the ONNX file that the handler runs."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from handler.preprocessing import SIZE

SMALL = 300  # tensors with fewer numbers, mostly biases, stay float32


def export_onnx(net: nn.Module, path: Path) -> None:
    """Export a network: batch normalization is folded into the convolutions, weights are stored in 8 bits.

    Args:
        net: In evaluation mode; it takes and returns what `DigitNet` does.
        path: The ONNX file to write: input `pictures` (n, 28, 28) uint8, output `logits` (n, 11) float32.
    """
    example = torch.zeros(2, SIZE, SIZE, dtype=torch.uint8)
    with warnings.catch_warnings():
        # The TorchScript exporter is deprecated; the new one needs more packages and more time.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net,
            (example,),
            str(path),
            input_names=["pictures"],
            output_names=["logits"],
            dynamic_axes={"pictures": {0: "n"}, "logits": {0: "n"}},
            dynamo=False,
        )
    model = onnx.load(str(path))
    _store_in_8_bits(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _store_in_8_bits(graph: onnx.GraphProto) -> None:
    """Round the weights of each output channel to 255 levels, a quarter of the size.

    The runtime converts them to float32 once, when it loads the network, so inference is not slower.
    """
    nodes = list(graph.node)
    dequantize = []
    for tensor in list(graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or weights.size < SMALL:
            continue
        rows = weights.reshape(len(weights), -1)
        scale = np.maximum(np.abs(rows).max(axis=1) / 127, 1e-12).astype(np.float32)
        levels = np.rint(rows / scale[:, None]).astype(np.int8).reshape(weights.shape)
        names = [f"{tensor.name}_{part}" for part in ("levels", "scale")]
        graph.initializer.remove(tensor)
        graph.initializer.extend(map(numpy_helper.from_array, (levels, scale), names))
        dequantize.append(helper.make_node("DequantizeLinear", names, [tensor.name], axis=0))
    del graph.node[:]
    graph.node.extend([*dequantize, *nodes])
