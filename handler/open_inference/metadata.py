"""What the server and the model say of themselves."""

from typing import Any, NamedTuple

from handler.calibration import CLASSES
from handler.preprocessing import SIZE

BINARY_EXTENSION = "binary_tensor_data"


class Tensor(NamedTuple):
    """A tensor with one row for each image.

    Attributes:
        datatype: The protocol's name.
        row: The shape of a row.
    """

    datatype: str
    row: tuple[int, ...] = ()


# A request has one of the inputs: encoded images, or pictures as the model sees them.
INPUTS = {"images": Tensor("BYTES"), "pictures": Tensor("UINT8", (SIZE, SIZE))}
OUTPUTS = {
    "digit": Tensor("INT64"),
    "probabilities": Tensor("FP32", (CLASSES,)),
    "ood_score": Tensor("FP32"),
    "verdict": Tensor("BYTES"),
}


def server_metadata(name: str, version: str) -> dict[str, Any]:
    """Return the answer to `GET /v2`."""
    return {"name": name, "version": version, "extensions": [BINARY_EXTENSION]}


def model_metadata(name: str, version: str) -> dict[str, Any]:
    """Return the answer to `GET /v2/models/…`."""
    inputs, outputs = (
        [{"name": name, "datatype": one.datatype, "shape": [-1, *one.row]} for name, one in tensors.items()]
        for tensors in (INPUTS, OUTPUTS)
    )
    return {"name": name, "versions": [version], "platform": "onnxruntime_onnx", "inputs": inputs, "outputs": outputs}
