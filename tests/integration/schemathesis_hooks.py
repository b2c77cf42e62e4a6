"""Values that schemathesis cannot generate from openapi.json: the bytes of images, and their base64."""

import base64

import schemathesis
from hypothesis import strategies as st

from tests import drawings

IMAGES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "application/octet-stream": "GIF",
}


def images(format_: str) -> list[bytes]:
    """Return two drawings in this format."""
    return [drawings.encoded(drawings.drawing(points), format_) for points in (drawings.SEVEN, drawings.ONE)]


for media_type, format_ in IMAGES.items():
    schemathesis.openapi.media_type(media_type, st.sampled_from(images(format_)))

BASE64 = [base64.b64encode(image).decode() for format_ in ("PNG", "JPEG") for image in images(format_)]
schemathesis.openapi.format(
    "base64-image", st.sampled_from([*BASE64, *(f"data:image/png;base64,{text}" for text in BASE64[:2])])
)
