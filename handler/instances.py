"""The instances of a batch request (KServe V1) → the encoded images in them.

The fields of an instance are those of the samples of KServe, TorchServe, TensorFlow Serving and Vertex AI.
"""

from collections.abc import Mapping
from typing import Any

from handler.base64_image import decode_base64
from handler.errors import ApiError, ClientError, MalformedRequest
from handler.preprocessing import NumberImage

MAX_INSTANCES = 256
MAX_EXPLAINED = 32  # instances of a request with explanations, each of which takes as long as many recognitions
FIELDS = ("image", "image_bytes", "data", "content", "b64")  # each holds base64, or {"b64": base64}
INSTANCES = 'send {"instances": [{"image": {"b64": "<base64>"}}, …]}'

_READ = 'An instance may have "read": "digit", which is the default, or "read": "number"; nothing else can be read.'
_UNEXPLAINED = 'Only a digit is explained; leave out "read", or send the number to /v1/models/digits:predict.'
_ELSEWHERE = {
    "inputs": "a request of the Open Inference Protocol goes to POST /v2/models/digits/infer",
    **dict.fromkeys(FIELDS, "one image goes to POST /predictions/digits"),
}

EncodedImage = bytes | NumberImage  # of the latter the whole number is read instead of one digit


def read_instances(body: Mapping[str, Any], *, explained: bool) -> list[EncodedImage | ApiError]:
    """Return the image of each instance, or its error.

    Args:
        body: The JSON of the request.
        explained: Whether the recognitions are explained, of which a request may have fewer.

    Raises:
        MalformedRequest: There is no list of instances, or it has too many.
    """
    instances = body.get("instances")
    most = MAX_EXPLAINED if explained else MAX_INSTANCES
    if not isinstance(instances, list) or not 1 <= len(instances) <= most:
        elsewhere = [path for field, path in _ELSEWHERE.items() if field in body and instances is None]
        hint = f"{elsewhere[0]}; here, {INSTANCES}" if elsewhere else INSTANCES
        raise MalformedRequest(f'"instances" must be a list of 1 to {most} images; {hint}.')
    images: list[EncodedImage | ApiError] = []
    for instance in instances:
        try:
            images.append(_read(instance, explained=explained))
        except ClientError as error:
            images.append(error.as_result())
    return images


def image_text(item: Any) -> Any:
    """Return what should be the base64 of an image: the item itself, or what the first of its FIELDS holds.

    Raises:
        MalformedRequest: It is a list, which other servers take as pixels.
    """
    found = item
    if isinstance(item, dict):
        found = next((item[field] for field in FIELDS if field in item), None)
        if isinstance(found, dict):
            found = found.get("b64")
    if isinstance(found, list):
        raise MalformedRequest(
            "An image is base64 here, not a list; pictures of 28×28 pixels, white ink on black, go to POST "
            '/v2/models/digits/infer: {"inputs": [{"name": "pictures", "datatype": "UINT8", "shape": [1, 28, 28], '
            '"data": [<784 whole numbers from 0 to 255>]}]}.'
        )
    return found


def _read(instance: Any, *, explained: bool) -> EncodedImage:
    read = instance.get("read", "digit") if isinstance(instance, dict) else "digit"
    if read not in ("digit", "number"):
        raise MalformedRequest(_READ)
    if explained and read == "number":
        raise MalformedRequest(_UNEXPLAINED)
    data = decode_base64(image_text(instance), INSTANCES)
    return NumberImage(data) if read == "number" else data
