"""What the search for digits may cost, at most, in drawings that are built to make it slow."""

import io
import time
from collections.abc import Callable

import pytest
from PIL import Image

from handler.errors import ApiError
from handler.number_recognizer import NumberRecognizer
from handler.preprocessing.decoding import open_image
from handler.preprocessing.preparation import prepare, prepare_segments
from tests import drawings, served_model
from tests.hostile_images import png
from tests.hostile_images.drawn import DRAWN

MAX_COST = 2  # times decoding the costliest PNG that is accepted, which takes a quarter of a second
SIDES = [512, 1024]  # the largest that is no large image, and the largest that is searched as it is


def seconds(work: Callable[[], object]) -> float:
    """Return the thread's CPU time that work takes, the best of two."""
    times = []
    for _ in range(2):
        started = time.thread_time()
        try:
            work()
        except ApiError as error:
            assert error.code == 422  # noqa: PT017  # nothing is drawn, or too much
        times.append(time.thread_time() - started)
    return min(times)


@pytest.fixture(scope="module")
def reference() -> float:
    file = png.png_of_form(4096, 4096, 8, png.RGBA)
    return seconds(lambda: Image.open(io.BytesIO(file)).load())


@pytest.fixture(scope="module")
def recognizer() -> NumberRecognizer:
    return NumberRecognizer(served_model.recognizer())


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", DRAWN)
def test_search_costs_no_more_than_decoding(
    kind: str, side: int, reference: float, recognizer: NumberRecognizer
) -> None:
    image = open_image(drawings.encoded(Image.fromarray(DRAWN[kind](side))))
    assert seconds(lambda: prepare(image)) < MAX_COST * reference
    assert seconds(lambda: recognizer.read(prepare_segments(image))) < MAX_COST * reference
