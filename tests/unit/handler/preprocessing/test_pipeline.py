import contextlib
import time
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from handler.errors import ApiError, BlankImage, ImageTooLarge, InvalidImage, ServiceUnavailable
from handler.preprocessing import Prepared, decoder, encode_png, limits, pipeline, preprocess, preprocess_requests
from tests import drawings


def types_of(images: Sequence[bytes | ApiError]) -> list[type[Prepared]]:
    [results] = preprocess_requests([images])
    return [type(result) for result in results]


def sheet(width: int, height: int) -> bytes:
    return drawings.encoded(Image.new("1", (width, height)))


def test_images_of_a_request_share_a_budget_of_pixels() -> None:
    largest = sheet(4096, 4096)
    types = types_of([largest] * 4 + [drawings.seven(), largest])
    assert ImageTooLarge not in types[:4]
    assert types[4:] == [ImageTooLarge] * 2


def test_each_request_has_a_budget_of_its_own() -> None:
    largest = sheet(4096, 4096)
    first, second = preprocess_requests([[largest] * 5, [drawings.seven()]])
    assert isinstance(first[4], ImageTooLarge)
    np.testing.assert_array_equal(second[0], preprocess(drawings.seven()))


def test_refused_image_takes_nothing_of_the_budget() -> None:
    assert types_of([sheet(4097, 4096)] * 5 + [drawings.seven()]) == [ImageTooLarge] * 5 + [np.ndarray]


def test_bad_images_leave_the_others_alone_and_all_keep_their_places() -> None:
    error = InvalidImage("This was found before.")
    [results] = preprocess_requests([[b"bad", drawings.seven(), error, drawings.blank(), drawings.one()]])
    assert [type(result) for result in results] == [InvalidImage, np.ndarray, InvalidImage, BlankImage, np.ndarray]
    assert results[2] is error
    np.testing.assert_array_equal(results[1], preprocess(drawings.seven()))
    np.testing.assert_array_equal(results[4], preprocess(drawings.one()))


def test_budget_holds_256_canvases() -> None:
    assert limits.MAX_REQUEST_PIXELS >= 256 * 500 * 500
    assert types_of([drawings.seven()] * 256) == [np.ndarray] * 256


def test_small_requests_are_served_when_large_ones_use_up_the_time_of_the_batch() -> None:
    drawing = drawings.drawing(drawings.ONE, mode="RGBA", ink="blue", paper=(255, 255, 255, 0))
    canvas = drawings.encoded(drawing.resize((510, 510)))
    seven = preprocess(drawings.seven())
    started = time.thread_time()
    greedy = [canvas] * 256
    *others, modest = preprocess_requests([greedy] * 8 + [[drawings.seven()]])
    assert time.thread_time() - started < limits.BATCH_CPU_SECONDS + 0.5
    np.testing.assert_array_equal(modest[0], seven)
    types = {type(result) for row in others for result in row}
    assert types == {np.ndarray, ServiceUnavailable}
    assert all(isinstance(row[0], np.ndarray) for row in others)


def test_large_images_are_begun_for_a_part_of_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "LARGE_SECONDS", 0.0)
    noisy = drawings.encoded(Image.effect_noise((300, 300), 100))
    assert len(noisy) > limits.LARGE_BYTES
    first, second = preprocess_requests([[sheet(2000, 2000), noisy], [drawings.seven()]])
    assert [type(result) for result in first] == [ServiceUnavailable] * 2
    np.testing.assert_array_equal(second[0], preprocess(drawings.seven()))


def test_batch_of_the_largest_images_ends_in_time() -> None:
    largest = drawings.encoded(Image.new("RGB", (4096, 4096)))
    decoder.start()
    started = time.monotonic()
    results = preprocess_requests([[largest] * 4] * 8)
    assert time.monotonic() - started < limits.LARGE_SECONDS + 2 * limits.LARGE_IMAGE_SECONDS
    assert {type(result) for row in results for result in row} <= {BlankImage, ServiceUnavailable}
    assert limits.MAX_PIXELS == 4096 * 4096


def test_large_image_is_decoded_by_the_child_and_a_drawing_is_not() -> None:
    decoder.close()
    preprocess(drawings.seven())
    preprocess(encode_png(np.asarray(drawings.drawing(drawings.SEVEN))))
    assert decoder.pid is None
    with contextlib.suppress(BlankImage):
        preprocess(sheet(1000, 1000))
    assert decoder.pid is not None
