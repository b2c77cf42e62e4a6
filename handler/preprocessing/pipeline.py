"""All images of a batch, those of small requests first, so that large images and requests hardly delay small ones."""

import atexit
import logging
import operator
import time
from collections.abc import Callable, Container, Sequence
from typing import Any, NamedTuple, TypeVar, overload

from handler.errors import ApiError, InternalServerError, NotSmall, too_many
from handler.preprocessing.alternatives import Alternatives
from handler.preprocessing.budget import Budget
from handler.preprocessing.decoder_process import DecoderProcess
from handler.preprocessing.decoding import Opened, open_image
from handler.preprocessing.formats.png import PlainPng
from handler.preprocessing.limits import COSTLY_SECONDS, LARGE_BYTES, LARGE_PIXELS, MAX_PIXELS, MAX_REQUEST_PIXELS
from handler.preprocessing.normalization import center
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.preparation import Prepared, prepare, prepare_drawings, prepare_segments
from handler.preprocessing.segmentation.segments import Segments

CENTERED_TOGETHER = 256  # pictures, 7 KB of scaled ink each
MAX_DRAWING_PIXELS = 1 << 14  # the page sends at most 84×84


class NumberImage(NamedTuple):
    """An encoded image of which the whole number is asked instead of one digit."""

    data: bytes


Image = bytes | NumberImage
Preprocessed = Alternatives | Segments | ApiError
Output = TypeVar("Output")

_BUSY = too_many("images")
_NOT_SMALL = NotSmall("This image takes longer than a drawing; workers that have the time can read it.")

logger = logging.getLogger("digits")
decoder = DecoderProcess()  # of large images; it starts no process yet
atexit.register(decoder.close)


class _Image(NamedTuple):
    """An image that was opened.

    Attributes:
        data, opened: The image, encoded, and not yet decoded.
        is_number: Whether its number is asked.
        request: The number of its request.
        is_small: Whether other workers can take its request.
        results, place: Where its picture or error goes.
        turn: Pixels of its request up to and including it. Images are processed in this order, so a large request, like
            a large image, does not delay a small one.
    """

    data: bytes
    opened: Opened
    is_number: bool
    request: int
    is_small: bool
    results: list[Preprocessed]
    place: int
    turn: int

    def is_large(self) -> bool:
        """Return whether decoding it may be costly."""
        pixels = self.opened.width * self.opened.height
        return pixels > LARGE_PIXELS or (len(self.data) > LARGE_BYTES and not isinstance(self.opened, PlainPng))


def preprocess(data: bytes) -> Pixels:
    """Return the likeliest (28, 28) uint8 picture, white ink (255) on black (0), of one encoded image.

    Raises:
        ImageTooLarge: The image is over a limit of `handler.preprocessing.limits`.
        InvalidImage: The bytes are not an image of a served format, or are damaged.
        BlankImage: Nothing is drawn on the image.
        ServiceUnavailable: A large image could not be read in time.
    """
    [[result]] = preprocess_requests([[data]])
    if isinstance(result, ApiError):
        raise result
    picture: Pixels = result.pictures[0]
    return picture


@overload
def preprocess_requests(
    requests: Sequence[Sequence[bytes | Alternatives | ApiError]],
    budget: Budget | None = None,
    small: Container[int] = (),
) -> list[list[Alternatives | ApiError]]: ...


@overload
def preprocess_requests(
    requests: Sequence[Sequence[Image | Alternatives | ApiError]],
    budget: Budget | None = None,
    small: Container[int] = (),
) -> list[list[Preprocessed]]: ...


def preprocess_requests(
    requests: Sequence[Sequence[Image | Alternatives | ApiError]],
    budget: Budget | None = None,
    small: Container[int] = (),
) -> list[list[Any]]:
    """Preprocess all images of all requests; an image that fails affects no other.

    Args:
        requests: The encoded images of each request. An error or a picture in the place of an image stays there.
        budget: The time that is left; by default that of a batch, from now on.
        small: The numbers of the requests that other workers can take.

    Returns:
        For each image what its digit may be, for each `NumberImage` its ink, or its error: those of `preprocess`,
        `ImageTooLarge` also where a request exceeds `MAX_REQUEST_PIXELS`, `ServiceUnavailable` for images whose turn
        comes when the budget is used up, `NotSmall` instead where other workers can take the request, also for large
        images, and `InternalServerError` for those that meet a fault of the service.
    """
    budget = budget or Budget()
    images: list[_Image] = []
    results = [_open(number, request, number in small, images) for number, request in enumerate(requests)]
    images.sort(key=operator.attrgetter("turn"))
    may_go_on: dict[int, bool] = {}
    for start in range(0, len(images), CENTERED_TOGETHER):
        _preprocess_opened(images[start : start + CENTERED_TOGETHER], may_go_on, budget)
    return results


def _open(
    number: int, request: Sequence[Image | Alternatives | ApiError], is_small: bool, images: list[_Image]
) -> list[Preprocessed]:
    """Add the images of a request that can be opened, and return its results, as far as they are known."""
    results: list[Preprocessed] = []
    pixels = 0
    for place, image in enumerate(request):
        if isinstance(image, (ApiError, Alternatives)):
            results.append(image)
            continue
        data = image.data if isinstance(image, NumberImage) else image
        opened = _attempt(open_image, data, min(MAX_REQUEST_PIXELS - pixels, MAX_PIXELS))
        if isinstance(opened, ApiError):
            results.append(opened)
            continue
        results.append(_NOT_SMALL if is_small else _BUSY)  # until it is replaced
        pixels += opened.width * opened.height
        images.append(_Image(data, opened, isinstance(image, NumberImage), number, is_small, results, place, pixels))
    return results


def _preprocess_opened(images: Sequence[_Image], may_go_on: dict[int, bool], budget: Budget) -> None:
    """Put the picture or the error of each image in its place, as far as time allows.

    Args:
        images: In the order of their turns.
        may_go_on: For each request of which an image was started, whether it gets time beyond the deadline for a start:
            not one with an image that was costly, or with a large one that was refused when it was decoded. Those of
            these images are added.
        budget: The time that is left.
    """
    drawings = _drawings(images, budget)
    prepared: list[tuple[_Image, Prepared]] = []
    for index, image in enumerate(images):
        if drawing := drawings.get(index):
            prepared.append((image, drawing))
            may_go_on.setdefault(image.request, True)
            continue
        is_large = image.is_large()
        is_started = may_go_on.get(image.request, False)
        if not budget.allows(large=is_large, started=is_started, small=image.is_small):
            continue
        started = time.monotonic()
        result = _attempt(_READERS[is_large, image.is_number], image)
        is_costly = time.monotonic() - started > COSTLY_SECONDS
        if is_costly:
            budget.end_starts()
        is_refused = is_large and isinstance(result, ApiError)
        may_go_on[image.request] = may_go_on.get(image.request, True) and not is_costly and not is_refused
        if isinstance(result, Prepared):
            prepared.append((image, result))
        else:
            image.results[image.place] = result
    if prepared:
        _center(prepared)


def _drawings(images: Sequence[_Image], budget: Budget) -> dict[int, Prepared]:
    """Return what is prepared of those images that are as the page sends them, by their places."""
    files: dict[int, PlainPng] = {}
    for place, image in enumerate(images):
        opened = image.opened
        if not isinstance(opened, PlainPng) or opened.width * opened.height > MAX_DRAWING_PIXELS or image.is_number:
            continue
        if budget.allows(large=False, started=False, small=image.is_small):
            files[place] = opened
    prepared = _attempt(prepare_drawings, files)
    return {} if isinstance(prepared, ApiError) else prepared  # after a fault, each is prepared by itself


def _center(prepared: Sequence[tuple[_Image, Prepared]]) -> None:
    """Put the alternatives of each image in its place; all are centered at once, which is faster."""
    pictures = center([scaled for _, one in prepared for scaled in one.scaled])
    start = 0
    for image, one in prepared:
        image.results[image.place] = one.centered(pictures[start : start + len(one.scaled)])
        start += len(one.scaled)


# By whether the image is large, and whether its number is asked.
_READERS: dict[tuple[bool, bool], Callable[[_Image], Prepared | Alternatives | Segments]] = {
    (False, False): lambda image: prepare(image.opened),
    (False, True): lambda image: prepare_segments(image.opened),
    (True, False): lambda image: decoder.preprocess(image.data),
    (True, True): lambda image: decoder.find_segments(image.data),
}


def _attempt(step: Callable[..., Output], *arguments: object) -> Output | ApiError:
    """Return what a step on one image returns, or its error; one that was not foreseen is logged."""
    try:
        return step(*arguments)
    except ApiError as error:
        return error.as_result()
    except Exception:
        logger.exception("An image failed.")
        return InternalServerError("The service failed on this image; its log says why.")
