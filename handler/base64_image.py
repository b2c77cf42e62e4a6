"""Base64 text → the bytes of an encoded image."""

import base64
import binascii
import re
from typing import Any

from handler.errors import ImageTooLarge, MalformedRequest
from handler.preprocessing import MAX_BYTES

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII | re.IGNORECASE)
_WHITE_SPACE = b" \t\r\n"  # `base64` wraps its lines at 76 characters
_URL_SAFE = bytes.maketrans(b"-_", b"+/")  # RFC 4648, section 5
_MAX_BASE64 = 4 * -(-MAX_BYTES // 3)  # characters


def decode_base64(text: Any, expected: str) -> bytes:
    """Decode base64: of either alphabet, with or without padding and line breaks, alone or as a data URL.

    Args:
        text: What a client sent.
        expected: What would be right, for messages.

    Raises:
        MalformedRequest: It is not base64, or no text.
        ImageTooLarge: It has more than `MAX_BYTES` bytes.
    """
    if not isinstance(text, str):
        raise MalformedRequest(f"There is no image in base64 here; {expected}.")
    if prefix := _DATA_URL.match(text):
        text = text[prefix.end() :]
    too_large = ImageTooLarge(f"The image has more than {MAX_BYTES} bytes, the most that is accepted.")
    if len(text) > 2 * _MAX_BASE64:  # far more white space than wrapped lines have is not removed
        raise too_large
    try:
        encoded = text.encode("ascii").translate(_URL_SAFE, _WHITE_SPACE)
        if len(encoded) > _MAX_BASE64:
            raise too_large
        if encoded[-1:] != b"=":
            encoded += b"=" * (-len(encoded) % 4)
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedRequest(f"The image is not valid base64; {expected}.") from error
