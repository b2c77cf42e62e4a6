"""The body of an inference request → the images in its input tensor."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from handler.base64_image import decode_base64
from handler.errors import ApiError, BlankImage, ClientError, ImageTooLarge, MalformedRequest
from handler.instances import MAX_INSTANCES
from handler.open_inference.metadata import INPUTS, OUTPUTS
from handler.open_inference.response import Outputs
from handler.preprocessing import MAX_BYTES, SIZE, Alternatives, Pixels
from handler.preprocessing.segmentation.box import Box

MAX_ID = 256  # characters

_IMAGES = (
    '"images" of datatype BYTES and shape [n] (each an image file: base64 in JSON, its bytes as binary data), '
    'or "pictures" of datatype UINT8 and shape [n, 28, 28] (white ink on black)'
)
_EXPECTED = '"inputs" must be a list of one tensor: ' + _IMAGES
_BASE64 = '"data" of the tensor "images" is a list of images in base64'
_WHOLE = Box(0, 0, SIZE, SIZE)

Image = bytes | Alternatives


def parse(body: Any, header_length: str | None) -> tuple[list[Image | ApiError], Outputs]:
    """Read an inference request.

    Args:
        body: The bytes of JSON, after which binary tensor data may follow.
        header_length: The header Inference-Header-Content-Length: bytes of the JSON; None if all of the body is JSON.

    Returns:
        The image of each row, or its error, and the outputs that are asked for.

    Raises:
        MalformedRequest: The request is not one of the protocol, or asks for what is not served.
    """
    if not isinstance(body, bytes):
        raise MalformedRequest(f"The request has no body; {_EXPECTED}.")
    json_bytes, binary = _split(body, header_length)
    try:
        request = orjson.loads(json_bytes.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise MalformedRequest(
            "The request is not valid JSON in UTF-8; binary data needs the header "
            "Inference-Header-Content-Length, the number of bytes of the JSON."
        ) from error
    if not isinstance(request, dict):
        raise MalformedRequest(f"The request is not a JSON object; {_EXPECTED}.")
    return _rows(request, binary), _outputs(request)


def _split(body: bytes, header_length: str | None) -> tuple[bytes, bytes]:
    if header_length is None:
        return body, b""
    length = int(header_length) if re.fullmatch(r"[0-9]{1,8}", header_length) else len(body) + 1
    if length > len(body):
        raise MalformedRequest(
            f"Inference-Header-Content-Length must be the number of bytes of the JSON, at most {len(body)} here."
        )
    return body[:length], body[length:]


def _rows(request: Mapping[str, Any], binary: bytes) -> list[Image | ApiError]:
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(tensor := inputs[0], dict):
        raise MalformedRequest(f"{_EXPECTED}.")
    expected = INPUTS.get(name) if isinstance(name := tensor.get("name"), str) else None
    if expected is None or tensor.get("datatype") != expected.datatype:
        raise MalformedRequest(f"The input has another name or datatype than the model's; {_EXPECTED}.")
    count = _count(tensor.get("shape"), expected.row)
    data = _data(tensor, binary)
    if name == "pictures":
        return [_picture(pixels) for pixels in _pictures(data, count)]
    return _images(data, count)


def _count(shape: Any, row: tuple[int, ...]) -> int:
    """Return the number of rows; BYTES may also have the shape [n, 1], as some clients send one-column tensors."""
    wanted = [[*row], [1]] if not row else [[*row]]
    is_shape = isinstance(shape, list) and shape and all(type(size) is int for size in shape)
    if not is_shape or shape[1:] not in wanted or not 1 <= shape[0] <= MAX_INSTANCES:
        example = ", ".join(["n", *map(str, row)])
        raise MalformedRequest(f'"shape" of this input must be [{example}] with n from 1 to {MAX_INSTANCES}.')
    return int(shape[0])


def _data(tensor: Mapping[str, Any], binary: bytes) -> bytes | list[Any]:
    """Return the data of a tensor: bytes if they follow the JSON, else the list in it."""
    parameters = _parameters(tensor)
    if "shared_memory_region" in parameters:
        raise MalformedRequest("Shared memory is not served; send the tensor's data in the request.")
    if "binary_data_size" in parameters:
        size = parameters["binary_data_size"]
        if type(size) is not int or size != len(binary):
            raise MalformedRequest(f'"binary_data_size" must be the {len(binary)} bytes that follow the JSON.')
        return binary
    if binary:
        raise MalformedRequest('Bytes follow the JSON, but the tensor has no parameter "binary_data_size".')
    data = tensor.get("data")
    if not isinstance(data, list):
        raise MalformedRequest('The tensor must have "data", a list, or the parameter "binary_data_size".')
    return data


def _images(data: bytes | list[Any], count: int) -> list[Image | ApiError]:
    if isinstance(data, bytes):
        return list(_elements(data, count))
    if len(data) != count:
        raise MalformedRequest(f'"data" has {len(data)} elements, but the shape says {count}.')
    images: list[Image | ApiError] = []
    for text in data:
        try:
            images.append(decode_base64(text[0] if isinstance(text, list) and len(text) == 1 else text, _BASE64))
        except ClientError as error:
            images.append(error.as_result())
    return images


def _elements(data: bytes, count: int) -> list[bytes | ApiError]:
    """Read binary BYTES: each element follows its length, 4 bytes, little-endian."""
    elements: list[bytes | ApiError] = []
    position = 0
    while position < len(data) and len(elements) < count:
        start = position + 4
        position = start + int.from_bytes(data[position:start], "little")
        is_small = position - start <= MAX_BYTES
        too_large = ImageTooLarge(f"The image has more than {MAX_BYTES} bytes, the most that is accepted.")
        elements.append(data[start:position] if is_small else too_large)
    if position != len(data) or len(elements) != count:
        raise MalformedRequest(
            f"The binary data must be {count} elements and no more, each after its length in 4 bytes, little-endian."
        )
    return elements


def _pictures(data: bytes | list[Any], count: int) -> Pixels:
    """Return (n, 28, 28) pictures."""
    size = count * SIZE * SIZE
    if isinstance(data, bytes):
        if len(data) != size:
            raise MalformedRequest(f"The binary data has {len(data)} bytes, but the shape says {size}.")
        return np.frombuffer(data, np.uint8).reshape(count, SIZE, SIZE)
    wrong = MalformedRequest(
        f'"data" must be {size} whole numbers from 0 to 255, in one list or nested as the shape says.'
    )
    if len(data) not in (size, count):
        raise wrong
    try:
        levels = data if len(data) == size else _flat(data)
        if set(map(type, levels)) != {int}:
            raise wrong
        return np.frombuffer(bytes(levels), np.uint8).reshape(count, SIZE, SIZE)
    except (TypeError, ValueError) as error:  # no lists, or of another length; numbers that are no bytes
        raise wrong from error


def _flat(pictures: list[Any]) -> list[Any]:
    """Return the levels of nested pictures.

    Converting them with NumPy would give each of them as much room as the longest text among them.

    Raises:
        TypeError: There is something else in the place of a list.
        ValueError: A list has another length.
    """
    rows = [row for picture in pictures for row in picture]
    if any(len(part) != SIZE for part in (*pictures, *rows)):
        raise ValueError
    return [level for row in rows for level in row]


def _picture(pixels: Pixels) -> Image | ApiError:
    return Alternatives(pixels[None], (_WHOLE,)) if pixels.any() else BlankImage()


def _outputs(request: Mapping[str, Any]) -> Outputs:
    id_ = request.get("id")
    if id_ is not None and not (isinstance(id_, str) and len(id_) <= MAX_ID):
        raise MalformedRequest(f'"id" must be a string of at most {MAX_ID} characters.')
    is_binary = _is_binary(request, "binary_data_output", default=False)
    asked = request.get("outputs")
    if asked is None or asked == []:
        return Outputs(id_, dict.fromkeys(OUTPUTS, is_binary))
    outputs = {}
    for output in asked if isinstance(asked, list) and len(asked) <= len(OUTPUTS) else [None]:
        if not isinstance(output, dict) or not isinstance(name := output.get("name"), str) or name not in OUTPUTS:
            raise MalformedRequest(
                f'"outputs" must be a list of at most {len(OUTPUTS)} objects with a "name" of: {", ".join(OUTPUTS)}.'
            )
        outputs[name] = _is_binary(output, "binary_data", default=is_binary)
    return Outputs(id_, outputs)


def _is_binary(item: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return whether an output is binary, by the parameter with this name."""
    parameters = _parameters(item)
    if unserved := sorted(parameters.keys() & {"classification", "shared_memory_region"}):
        raise MalformedRequest(f'The parameter "{unserved[0]}" is not served; leave it out.')
    value = parameters.get(name, default)
    if not isinstance(value, bool):
        raise MalformedRequest(f'The parameter "{name}" must be true or false.')
    return value


def _parameters(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of a request, an input or an output; some clients write null for none."""
    parameters = item.get("parameters")
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        raise MalformedRequest('"parameters" must be an object.')
    return parameters
