"""A request row of TorchServe → the encoded images in it, or the client error of the row or of one instance."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from handler import form
from handler.base64_image import decode_base64
from handler.errors import ApiError, MalformedRequest, UnsupportedMediaType
from handler.instances import INSTANCES, EncodedImage, image_text, read_instances
from handler.open_inference import Outputs
from handler.preprocessing import Alternatives, NumberImage

JSON_TYPE = "application/json"
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif", "application/octet-stream")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors write it
_SINGLE = 'send {"image": "<base64, or a data:image/…;base64,… URL>"}'

# Encoded, or a picture as the model sees it.
Image = EncodedImage | Alternatives

Item = TypeVar("Item")


class Payload(NamedTuple, Generic[Item]):
    """The images of one request.

    Attributes:
        images: Encoded images, later 28×28 pictures; an error in the place of an image that failed.
        batched: Whether the answer is a list of predictions (KServe V1) instead of a single recognition.
        explained: Whether each recognition is explained.
        outputs: What is asked for (Open Inference Protocol V2); None for other requests.
        is_draft: Whether the image is of a digit that is still being drawn.
    """

    images: Sequence[Item | ApiError]
    batched: bool
    explained: bool = False
    outputs: Outputs | None = None
    is_draft: bool = False


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
        content_type: The Content-Type of the request; None, also for a form, lets the start of the body decide.
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
    body = body_of(row)
    expected = INSTANCES if batched else _SINGLE
    if isinstance(body, bytes):
        if content_type is None and not batched and body.startswith(form.START):
            body = form.file_of(body)
        if not _is_json(body, content_type, batched=batched):
            return Payload([NumberImage(body) if number else body], batched=False)
        body = _load_json(body, expected)
    if not isinstance(body, dict):
        raise MalformedRequest(f"The body is not a JSON object; {expected}.")
    if batched:
        return Payload(read_instances(body, explained=explained), batched=True, explained=explained)
    if "instances" in body:
        raise MalformedRequest("Several images go to POST /v1/models/digits:predict; this path reads one.")
    image = decode_base64(image_text(body), _SINGLE)
    return Payload([NumberImage(image) if number else image], batched=False)


def body_of(row: Mapping[str, Any]) -> Any:
    """Return the body in TorchServe's row: bytes, or what TorchServe has parsed."""
    body = row.get("body", row.get("data"))
    if isinstance(body, str):
        return body.encode(errors="replace")
    return bytes(body) if isinstance(body, (bytes, bytearray)) else body


def _is_json(body: bytes, content_type: str | None, *, batched: bool) -> bool:
    if content_type is None:
        return batched or body.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"[")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON_TYPE:
        return True
    if batched or media_type not in IMAGE_TYPES:
        accepted = JSON_TYPE if batched else ", ".join((*IMAGE_TYPES, JSON_TYPE))
        raise UnsupportedMediaType(f"This Content-Type is not served here; send one of: {accepted}.")
    return False


def _load_json(body: bytes, expected: str) -> Any:
    try:
        return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON in UTF-8; {expected}.") from error
