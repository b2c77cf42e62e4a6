"""Recognitions → the output tensors of an inference response."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from handler.errors import ApiError
from handler.open_inference.metadata import OUTPUTS, Tensor

_FORMATS = {"INT64": "q", "FP32": "f"}


class InferResponse(NamedTuple):
    """A response.

    Attributes:
        body: JSON, and after it the binary tensors.
        json_length: Bytes of the JSON; None if there is nothing after it.
        rows: How many images were recognized.
    """

    body: bytes
    json_length: int | None
    rows: int


class Outputs(NamedTuple):
    """What a request asks for.

    Attributes:
        id: That of the request, which its response repeats.
        is_binary: The outputs by name, in order, and whether their data is binary.
    """

    id: str | None
    is_binary: Mapping[str, bool]

    def respond(self, predictions: Sequence[Mapping[str, Any] | ApiError]) -> InferResponse | ApiError:
        """Return the response; if a row has an error, that, since the protocol has no errors of single rows.

        Args:
            predictions: A recognition or an error for each row.
        """
        rows = []
        for number, prediction in enumerate(predictions):
            if isinstance(prediction, ApiError):
                return type(prediction)(f"Row {number}: {prediction}")
            rows.append(prediction)
        tensors, parts = [], []
        for name, is_binary in self.is_binary.items():
            tensor = OUTPUTS[name]
            described: dict[str, Any] = {"name": name, "datatype": tensor.datatype, "shape": [len(rows), *tensor.row]}
            values = [row[name] for row in rows]
            data = [value for row in values for value in row] if tensor.row else values
            if is_binary:
                parts.append(_packed(tensor, data))
                described["parameters"] = {"binary_data_size": len(parts[-1])}
            else:
                described["data"] = data
            tensors.append(described)
        model = rows[0]["model"]
        head = {"model_name": model["name"], "model_version": model["version"], "outputs": tensors}
        json_bytes = orjson.dumps(head if self.id is None else {**head, "id": self.id})
        return InferResponse(b"".join([json_bytes, *parts]), len(json_bytes) if parts else None, len(rows))


def _packed(tensor: Tensor, data: Sequence[Any]) -> bytes:
    """Return binary tensor data, little-endian; each element of BYTES follows its length."""
    if tensor.datatype == "BYTES":
        texts = [text.encode() for text in data]
        return b"".join(len(text).to_bytes(4, "little") + text for text in texts)
    return struct.pack(f"<{len(data)}{_FORMATS[tensor.datatype]}", *data)
