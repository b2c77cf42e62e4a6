"""Image bytes → the picture that the model judges: decoded, its ink found, and that normalised as MNIST's."""

from handler.preprocessing.decoding import MAX_PIXELS, Opened, decode, is_lossy, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.normalization import Scaled, centre, scale
from handler.preprocessing.png import Pixels


def preprocess(data: bytes, max_pixels: int = MAX_PIXELS) -> Pixels:
    """Turn an encoded image into the model's input picture.

    Args:
        data: A PNG, JPEG, WebP or GIF image: any size, colour, polarity and transparency.
        max_pixels: The largest width × height accepted.

    Returns:
        (28, 28) uint8: white ink (255) on black (0).

    Raises:
        ImageTooLarge: Over 1 MiB or over `max_pixels`.
        InvalidImage: Not an image, or a damaged one.
        BlankImage: Nothing is drawn on it.
    """
    picture: Pixels = centre([scale_image(open_image(data, max_pixels))])[0]
    return picture


def scale_image(image: Opened) -> Scaled:
    """Decode an image that `open_image` has opened, and scale its ink.

    Raises:
        InvalidImage: The pixel data is damaged.
        BlankImage: Nothing is drawn on it.
    """
    return scale(find_ink(decode(image), lossy=is_lossy(image)))
