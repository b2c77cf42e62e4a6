"""The formats that are served: what is in a file is read and checked here, and not yet decoded."""

import struct

from handler.errors import InvalidImage
from handler.preprocessing.formats import gif, jpeg, png_chunks, webp
from handler.preprocessing.formats.encoded import Encoded


def read_image(data: bytes) -> Encoded:
    """Read a file of any of the formats.

    Raises:
        ImageTooLarge: It is of a kind that costs too much to decode.
        InvalidImage: It is damaged, or of another format.
    """
    # A short list keeps rarely used decoders, which have the most memory-safety bugs, out of reach of clients.
    try:
        if data.startswith(png_chunks.SIGNATURE):
            return png_chunks.read_png(data)
        if data.startswith(jpeg.SIGNATURE):
            return jpeg.read_jpeg(data)
        if data.startswith(gif.SIGNATURES):
            return gif.read_gif(data)
        if webp.is_webp(data):
            return webp.read_webp(data)
    except (IndexError, KeyError, ValueError, struct.error) as error:  # a header that ends early or contradicts itself
        raise InvalidImage("The image's header is damaged or truncated; send the whole file.") from error
    raise InvalidImage(
        'The bytes are not a PNG, JPEG, WebP or GIF image; base64 of one is sent as JSON: {"image": "<base64>"}.'
    )
