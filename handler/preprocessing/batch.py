"""The images of a worker's batch → pictures, so that large images delay small ones little and cost them nothing."""

import time
from collections.abc import Sequence

from handler.errors import ApiError, ServiceUnavailable
from handler.preprocessing.decoding import MAX_PIXELS, Opened, open_image
from handler.preprocessing.normalization import Scaled, centre
from handler.preprocessing.pipeline import scale_image
from handler.preprocessing.png import Pixels

# All images of one request together: a batch of tiny files can hold gigapixels.
MAX_REQUEST_PIXELS = 4 * MAX_PIXELS

# A drawing is far below; one image of MAX_PIXELS takes up to a second. A batch that lasts longer than responseTimeout
# (model-config.yaml) has the worker killed, and every request in it with it.
LARGE_PIXELS = 1 << 20
LARGE_SECONDS = 3.0

MAX_TOGETHER = 256  # pictures that are centred in one go, 7 KB of scaled ink each

Prepared = Pixels | ApiError
_Place = tuple[list[Prepared], int]  # an image's request and its index there


def preprocess_batch(requests: Sequence[Sequence[bytes | ApiError]]) -> list[list[Prepared]]:
    """Preprocess all images of all requests, the smallest first; a bad one costs the others nothing.

    Args:
        requests: The encoded images of each request; an error in an image's place stays there.

    Returns:
        For each image its (28, 28) uint8 picture or its error: what `scale_image` raises, `ImageTooLarge` past
        `MAX_REQUEST_PIXELS` in a request, `ServiceUnavailable` for large images past `LARGE_SECONDS` in all.
    """
    results: list[list[Prepared]] = []
    images: list[tuple[Opened, _Place]] = []
    for request in requests:
        row: list[Prepared] = []
        budget = MAX_REQUEST_PIXELS
        for index, data in enumerate(request):
            opened = _open(data, budget)
            if isinstance(opened, ApiError):
                row.append(opened)
            else:
                budget -= opened.width * opened.height
                images.append((opened, (row, index)))
                row.append(_LATE)
        results.append(row)
    images.sort(key=lambda item: item[0].width * item[0].height)
    until = time.monotonic() + LARGE_SECONDS
    for start in range(0, len(images), MAX_TOGETHER):
        _preprocess(images[start : start + MAX_TOGETHER], until)
    return results


_LATE = ServiceUnavailable("Too many large images are being read just now; try again, or send smaller ones.")


def _preprocess(images: Sequence[tuple[Opened, _Place]], until: float) -> None:
    """Put each image's picture or error in its place."""
    scaled: list[Scaled] = []
    places: list[_Place] = []
    for image, (row, index) in images:
        if image.width * image.height > LARGE_PIXELS and time.monotonic() > until:
            break  # the rest is as large; _LATE stands in its place
        try:
            scaled.append(scale_image(image))
            places.append((row, index))
        except ApiError as error:
            row[index] = error
    if scaled:
        for (row, index), picture in zip(places, centre(scaled), strict=True):
            row[index] = picture


def _open(data: bytes | ApiError, budget: int) -> Opened | ApiError:
    if isinstance(data, ApiError):
        return data
    try:
        return open_image(data, min(budget, MAX_PIXELS))
    except ApiError as error:
        return error
