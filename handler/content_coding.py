"""Compressed request bodies (Content-Encoding) → the bodies themselves, up to a limit."""

import zlib

from handler.errors import MalformedRequest, PayloadTooLarge, UnsupportedMediaType

_GZIP, _ZLIB, _DEFLATE = 31, 15, -15  # zlib's `wbits`
_FORMATS = {
    "gzip": (_GZIP,),
    "x-gzip": (_GZIP,),
    "deflate": (_ZLIB, _DEFLATE),
}  # some clients send deflate without zlib's header


def decompress(body: bytes, coding: str, max_bytes: int) -> bytes:
    """Decompress a body.

    Args:
        body: As it was sent.
        coding: The Content-Encoding, in any case: `gzip`, `x-gzip`, `deflate` or `identity`.
        max_bytes: The most that the body may have; no more is ever decompressed.

    Raises:
        MalformedRequest: The body is not of this coding, or damaged.
        PayloadTooLarge: It has more than `max_bytes`.
        UnsupportedMediaType: The coding is another one.
    """
    name = coding.strip().lower()
    if name == "identity":
        return body
    if name not in _FORMATS:
        raise UnsupportedMediaType("This Content-Encoding is not supported; send gzip, deflate, or no coding.")
    for wbits in _FORMATS[name]:
        decompressor = zlib.decompressobj(wbits)
        try:
            data = decompressor.decompress(body, max_bytes + 1)
        except zlib.error:
            continue
        if len(data) > max_bytes:
            raise PayloadTooLarge(
                f"The body has more than {max_bytes} bytes when it is decompressed, the most that is accepted."
            )
        if decompressor.eof and not decompressor.unused_data:
            return data
    raise MalformedRequest(
        f"The body is not complete {name}, as its Content-Encoding says; send one whole stream of it."
    )
