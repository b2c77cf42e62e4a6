"""All images of a batch, those of small requests first, so that large images and requests hardly delay small ones."""

import atexit
import operator
import time
from collections.abc import Sequence
from typing import NamedTuple

from handler.errors import ApiError, ServiceUnavailable
from handler.preprocessing.decoder_process import DecoderProcess
from handler.preprocessing.decoding import Opened, decode, is_lossy, open_image
from handler.preprocessing.formats.png import PlainPng
from handler.preprocessing.ink import find_ink
from handler.preprocessing.limits import (
    BATCH_CPU_SECONDS,
    LARGE_BYTES,
    LARGE_PIXELS,
    LARGE_SECONDS,
    MAX_PIXELS,
    MAX_REQUEST_PIXELS,
)
from handler.preprocessing.normalization import Scaled, center, scale
from handler.preprocessing.pixels import Pixels

CENTERED_TOGETHER = 256  # pictures, 7 KB of scaled ink each

Prepared = Pixels | ApiError

_TOO_MUCH_WORK = ServiceUnavailable(
    "Too many images are being read just now; try again, or send fewer or smaller ones."
)

decoder = DecoderProcess()  # of large images; it starts no process yet
atexit.register(decoder.close)


class _Image(NamedTuple):
    """An image that was opened.

    Attributes:
        data, opened: The image, encoded, and not yet decoded.
        results, place: Where its picture or error goes.
        turn: Pixels of its request up to and including it. Images are processed in this order, so a large request, like
            a large image, does not delay a small one.
    """

    data: bytes
    opened: Opened
    results: list[Prepared]
    place: int
    turn: int

    def is_large(self) -> bool:
        """Return whether decoding it may be costly."""
        pixels = self.opened.width * self.opened.height
        return pixels > LARGE_PIXELS or (len(self.data) > LARGE_BYTES and not isinstance(self.opened, PlainPng))


class _Deadlines(NamedTuple):
    """When a batch stops starting images: small ones by `thread_time`, large ones by `monotonic`."""

    thread_time: float
    monotonic: float


def preprocess(data: bytes) -> Pixels:
    """Return the (28, 28) uint8 picture, white ink (255) on black (0), of one encoded image.

    Raises:
        ImageTooLarge: The image is over a limit of `handler.preprocessing.limits`.
        InvalidImage: The bytes are not an image of a served format, or are damaged.
        BlankImage: Nothing is drawn on the image.
        ServiceUnavailable: A large image could not be read in time.
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
        `ImageTooLarge` also where a request exceeds `MAX_REQUEST_PIXELS`, and `ServiceUnavailable` for images whose
        turn comes after `BATCH_CPU_SECONDS` of CPU time, or for large ones after `LARGE_SECONDS`.
    """
    deadlines = _Deadlines(time.thread_time() + BATCH_CPU_SECONDS, time.monotonic() + LARGE_SECONDS)
    images: list[_Image] = []
    results = [_open(request, images) for request in requests]
    images.sort(key=operator.attrgetter("turn"))
    for start in range(0, len(images), CENTERED_TOGETHER):
        _preprocess_opened(images[start : start + CENTERED_TOGETHER], deadlines)
    return results


def _open(request: Sequence[bytes | ApiError], images: list[_Image]) -> list[Prepared]:
    """Add the images of a request that can be opened, and return its results, as far as they are known."""
    results: list[Prepared] = []
    pixels = 0
    for place, data in enumerate(request):
        if isinstance(data, ApiError):
            results.append(data)
            continue
        try:
            opened = open_image(data, min(MAX_REQUEST_PIXELS - pixels, MAX_PIXELS))
        except ApiError as error:
            results.append(error)
            continue
        results.append(_TOO_MUCH_WORK)  # until it is replaced
        pixels += opened.width * opened.height
        images.append(_Image(data, opened, results, place, pixels))
    return results


def _preprocess_opened(images: Sequence[_Image], deadlines: _Deadlines) -> None:
    """Put the picture or the error of each image in its place, as far as time allows."""
    scaled: list[Scaled] = []
    places: list[tuple[list[Prepared], int]] = []
    for image in images:
        is_large = image.is_large()
        if time.monotonic() > deadlines.monotonic if is_large else time.thread_time() > deadlines.thread_time:
            continue
        try:
            if is_large:
                image.results[image.place] = decoder.preprocess(image.data)
            else:
                scaled.append(scale(find_ink(decode(image.opened), lossy=is_lossy(image.opened))))
                places.append((image.results, image.place))
        except ApiError as error:
            image.results[image.place] = error
    if scaled:
        for (results, place), picture in zip(places, center(scaled), strict=True):
            results[place] = picture
