"""A request row of TorchServe → the encoded images in it, or the client error of the row or of one instance."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from handler.errors import ApiError, ClientError, ImageTooLarge, MalformedRequest, UnsupportedMediaType
from handler.preprocessing import MAX_BYTES, NumberImage

MAX_INSTANCES = 256
MAX_EXPLAINED = 32  # instances of a request with explanations, each of which takes as long as many recognitions
JSON_TYPE = "application/json"
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif", "application/octet-stream")

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII | re.IGNORECASE)
_WHITE_SPACE = b" \t\r\n"  # `base64` wraps its lines at 76 characters
_MAX_BASE64 = 4 * -(-MAX_BYTES // 3)  # characters
_SINGLE = 'send {"image": "<base64, or a data:image/…;base64,… URL>"}'
_INSTANCES = 'send {"instances": [{"image": {"b64": "<base64>"}}, …]}'
_READ = 'An instance may have "read": "digit", which is the default, or "read": "number"; nothing else can be read.'
_UNEXPLAINED = 'Only a digit is explained; leave out "read", or send the number to /v1/models/digits:predict.'

Image = bytes | NumberImage  # encoded; of the latter the whole number is read instead of one digit


Item = TypeVar("Item")


class Payload(NamedTuple, Generic[Item]):
    """The images of one request.

    Attributes:
        images: Encoded images, later 28×28 pictures; an error in the place of an image that failed.
        batched: Whether the answer is a list of predictions (KServe V1) instead of a single recognition.
        explained: Whether each recognition is explained.
    """

    images: Sequence[Item | ApiError]
    batched: bool
    explained: bool = False


def parse(
    row: Mapping[str, Any],
    *,
    content_type: str | None,
    batched: bool,
    number: bool = False,
    explained: bool = False,
) -> Payload[Image]:
    """Read one request row.

    Args:
        row: TorchServe's row: the body, as bytes or parsed JSON, under `body` (HTTP) or `data` (gRPC, forms).
        content_type: The Content-Type of the request; None (gRPC) lets the first byte of the body decide.
        batched: Whether the request uses the KServe V1 path, whose body is JSON with `instances`.
        number: Whether the whole number is read from a single image; each instance of a batch says so itself.
        explained: Whether the recognitions of a batch are explained.

    Returns:
        The encoded images of the request.

    Raises:
        MalformedRequest: The JSON cannot be read, or it lacks what the path requires.
        UnsupportedMediaType: The path does not accept the Content-Type.
        ImageTooLarge: A single image is over `MAX_BYTES`.
    """
    body = row.get("body", row.get("data"))
    if isinstance(body, str):
        body = body.encode(errors="replace")
    if isinstance(body, bytes | bytearray):
        body = bytes(body)
        if not _is_json(body, content_type, batched=batched):
            return Payload([NumberImage(body) if number else body], batched=False)
        body = _load_json(body)
    if not isinstance(body, dict):
        raise MalformedRequest(f"The body is not a JSON object; {_INSTANCES if batched else _SINGLE}.")
    if batched:
        return Payload(_instances(body, explained=explained), batched=True, explained=explained)
    image = _decode_base64(body.get("image"), _SINGLE)
    return Payload([NumberImage(image) if number else image], batched=False)


def _is_json(body: bytes, content_type: str | None, *, batched: bool) -> bool:
    if content_type is None:
        return batched or body.lstrip()[:1] in (b"{", b"[")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON_TYPE:
        return True
    if batched or media_type not in IMAGE_TYPES:
        accepted = JSON_TYPE if batched else ", ".join((*IMAGE_TYPES, JSON_TYPE))
        raise UnsupportedMediaType(f"This Content-Type is not served here; send one of: {accepted}.")
    return False


def _load_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError as error:
        raise MalformedRequest("The body is not valid JSON; send one JSON object in UTF-8.") from error


def _instances(body: dict[str, Any], *, explained: bool) -> list[Image | ApiError]:
    instances = body.get("instances")
    most = MAX_EXPLAINED if explained else MAX_INSTANCES
    if not isinstance(instances, list) or not 1 <= len(instances) <= most:
        raise MalformedRequest(f'"instances" must be a list of 1 to {most} images; {_INSTANCES}.')
    images: list[Image | ApiError] = []
    for instance in instances:
        try:
            images.append(_instance(instance, explained=explained))
        except ClientError as error:
            images.append(error.as_result())
    return images


def _instance(instance: Any, *, explained: bool) -> Image:
    fields = instance if isinstance(instance, dict) else {}
    if (read := fields.get("read", "digit")) not in ("digit", "number"):
        raise MalformedRequest(_READ)
    if explained and read == "number":
        raise MalformedRequest(_UNEXPLAINED)
    image = fields.get("image")
    data = _decode_base64(image.get("b64") if isinstance(image, dict) else None, _INSTANCES)
    return NumberImage(data) if read == "number" else data


def _decode_base64(text: Any, expected: str) -> bytes:
    if not isinstance(text, str):
        raise MalformedRequest(f"There is no image in base64 here; {expected}.")
    if prefix := _DATA_URL.match(text):
        text = text[prefix.end() :]
    too_large = ImageTooLarge(f"The image has more than {MAX_BYTES} bytes, the most that is accepted.")
    if len(text) > 2 * _MAX_BASE64:  # far more white space than wrapped lines have is not removed
        raise too_large
    try:
        encoded = text.encode("ascii").translate(None, _WHITE_SPACE)
        if len(encoded) > _MAX_BASE64:
            raise too_large
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedRequest(f"The image is not valid base64; {expected}.") from error
