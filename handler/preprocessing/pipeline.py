"""All images of a batch, preprocessed smallest first, so that large images hardly delay small ones."""

import time
from collections.abc import Sequence

from handler.errors import ApiError, ServiceUnavailable
from handler.preprocessing.decoding import Opened, decode, is_lossy, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.limits import LARGE_PIXELS, LARGE_SECONDS, MAX_PIXELS, MAX_REQUEST_PIXELS
from handler.preprocessing.normalization import Scaled, center, scale
from handler.preprocessing.pixels import Pixels

CENTERED_TOGETHER = 256  # pictures, 7 KB of scaled ink each

Prepared = Pixels | ApiError
_Place = tuple[list[Prepared], int]  # a request's results, and the image's index in them


def preprocess(data: bytes) -> Pixels:
    """Return the (28, 28) uint8 picture, white ink (255) on black (0), of one encoded image.

    Raises:
        ImageTooLarge: The image is over a limit of `handler.preprocessing.limits`.
        InvalidImage: The bytes are not an image of a served format, or are damaged.
        BlankImage: Nothing is drawn on the image.
    """
    [[picture]] = preprocess_requests([[data]])
    if isinstance(picture, ApiError):
        raise picture
    return picture


def preprocess_requests(requests: Sequence[Sequence[bytes | ApiError]]) -> list[list[Prepared]]:
    """Preprocess all images of all requests; an image that fails affects no other.

    Args:
        requests: The encoded images of each request. An error in the place of an image stays there.

    Returns:
        For each image its (28, 28) uint8 picture, white ink (255) on black (0), or its error: those of `preprocess`,
        `ImageTooLarge` also where a request exceeds `MAX_REQUEST_PIXELS`, and `ServiceUnavailable` for large images
        whose turn comes after `LARGE_SECONDS`.
    """
    results: list[list[Prepared]] = []
    images: list[tuple[Opened, _Place]] = []
    for request in requests:
        row: list[Prepared] = []
        pixels_left = MAX_REQUEST_PIXELS
        for index, data in enumerate(request):
            opened = _open(data, pixels_left)
            if isinstance(opened, ApiError):
                row.append(opened)
            else:
                pixels_left -= opened.width * opened.height
                images.append((opened, (row, index)))
                row.append(_TOO_MANY_LARGE_IMAGES)  # until it is replaced by the picture
        results.append(row)
    images.sort(key=lambda item: item[0].width * item[0].height)
    deadline = time.monotonic() + LARGE_SECONDS
    for start in range(0, len(images), CENTERED_TOGETHER):
        _preprocess_opened(images[start : start + CENTERED_TOGETHER], deadline)
    return results


_TOO_MANY_LARGE_IMAGES = ServiceUnavailable(
    "Too many large images are being read just now; try again, or send smaller ones."
)


def _open(data: bytes | ApiError, pixels_left: int) -> Opened | ApiError:
    if isinstance(data, ApiError):
        return data
    try:
        return open_image(data, min(pixels_left, MAX_PIXELS))
    except ApiError as error:
        return error


def _preprocess_opened(images: Sequence[tuple[Opened, _Place]], deadline: float) -> None:
    """Put the picture or the error of each image in its place."""
    scaled: list[Scaled] = []
    places: list[_Place] = []
    for image, (row, index) in images:
        if image.width * image.height > LARGE_PIXELS and time.monotonic() > deadline:
            break  # the images that follow are at least as large
        try:
            scaled.append(scale(find_ink(decode(image), lossy=is_lossy(image))))
            places.append((row, index))
        except ApiError as error:
            row[index] = error
    if scaled:
        for (row, index), picture in zip(places, center(scaled), strict=True):
            row[index] = picture
