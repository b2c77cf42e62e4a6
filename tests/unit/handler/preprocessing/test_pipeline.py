import contextlib
import io
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image

from handler.errors import (
    ApiError,
    BlankImage,
    ImageTooLarge,
    InternalServerError,
    InvalidImage,
    NotSmall,
    ServiceUnavailable,
)
from handler.preprocessing import (
    Alternatives,
    Budget,
    Preprocessed,
    budget,
    decoder,
    encode_png,
    limits,
    pipeline,
    preparation,
    preprocess,
    preprocess_requests,
)
from handler.preprocessing.decoding import open_image
from handler.preprocessing.ink import Ink, find_ink
from handler.preprocessing.pixels import Pixels
from tests import drawings, hostile_images


def picture_of(result: Preprocessed) -> Pixels:
    assert isinstance(result, Alternatives)
    picture: Pixels = result.pictures[0]
    return picture


def types_of(images: Sequence[bytes | ApiError]) -> list[type[Preprocessed]]:
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
    np.testing.assert_array_equal(picture_of(second[0]), preprocess(drawings.seven()))


def test_refused_image_takes_nothing_of_the_budget() -> None:
    assert types_of([sheet(4097, 4096)] * 5 + [drawings.seven()]) == [ImageTooLarge] * 5 + [Alternatives]


def test_bad_images_leave_the_others_alone_and_all_keep_their_places() -> None:
    error = InvalidImage("This was found before.")
    [results] = preprocess_requests([[b"bad", drawings.seven(), error, drawings.blank(), drawings.one()]])
    assert [type(result) for result in results] == [InvalidImage, Alternatives, InvalidImage, BlankImage, Alternatives]
    assert results[2] is error
    np.testing.assert_array_equal(picture_of(results[1]), preprocess(drawings.seven()))
    np.testing.assert_array_equal(picture_of(results[4]), preprocess(drawings.one()))


def test_budget_holds_256_canvases() -> None:
    assert limits.MAX_REQUEST_PIXELS >= 256 * 500 * 500
    assert types_of([drawings.seven()] * 256) == [Alternatives] * 256


def test_small_requests_are_served_when_large_ones_use_up_the_time_of_the_batch() -> None:
    drawing = drawings.drawing(drawings.ONE, mode="RGBA", ink="blue", paper=(255, 255, 255, 0))
    canvas = drawings.encoded(drawing.resize((510, 510)))
    seven = preprocess(drawings.seven())
    started = time.thread_time()
    greedy = [canvas] * 256
    *others, modest = preprocess_requests([greedy] * 8 + [[drawings.seven()]])
    assert time.thread_time() - started < limits.LARGE_SECONDS + limits.REQUEST_SECONDS + 0.5
    assert isinstance(modest[0], Alternatives)
    np.testing.assert_array_equal(modest[0].pictures[0], seven)
    types = {type(result) for row in others for result in row}
    assert types == {Alternatives, ServiceUnavailable}
    assert all(isinstance(row[0], Alternatives) for row in others)


def test_no_request_is_started_with_a_large_image_after_a_part_of_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", -1.0)
    noisy = drawings.encoded(Image.effect_noise((300, 300), 100))
    assert len(noisy) > limits.LARGE_BYTES
    first, second = preprocess_requests([[sheet(2000, 2000), noisy], [drawings.seven()]])
    assert [type(result) for result in first] == [ServiceUnavailable] * 2
    np.testing.assert_array_equal(picture_of(second[0]), preprocess(drawings.seven()))


def test_batch_of_the_largest_images_ends_in_time() -> None:
    largest = drawings.encoded(Image.new("RGB", (4096, 4096)))
    decoder.start()
    started = time.monotonic()
    results = preprocess_requests([[largest] * 4] * 8)
    assert time.monotonic() - started < limits.LARGE_SECONDS + limits.REQUEST_SECONDS + limits.LARGE_IMAGE_SECONDS
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


PHOTOGRAPH = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((640, 480)), "JPEG")


def test_photographs_of_a_request_that_was_started_in_time_are_all_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", 0.05)  # time for a few of them
    monkeypatch.setattr(budget, "REQUEST_SECONDS", 60.0)
    monkeypatch.setattr(pipeline, "COSTLY_SECONDS", 60.0)  # this machine may be busy
    decoder.start()
    assert types_of([PHOTOGRAPH] * 100) == [Alternatives] * 100


def test_request_that_was_started_in_time_does_not_go_on_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", 0.0)
    monkeypatch.setattr(budget, "REQUEST_SECONDS", 0.1)
    types = types_of([drawings.seven(), *[PHOTOGRAPH] * 100])
    assert types[0] is Alternatives
    assert types[-1] is ServiceUnavailable


def test_request_with_a_refused_large_image_gets_no_time_beyond_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", 0.05)
    monkeypatch.setattr(budget, "REQUEST_SECONDS", 60.0)
    decoder.start()
    truncated = PHOTOGRAPH[: len(PHOTOGRAPH) // 2]
    types = types_of([truncated, *[PHOTOGRAPH] * 100])
    assert types[0] is not Alternatives
    assert types[-1] is ServiceUnavailable


def test_after_a_costly_image_no_request_is_started_with_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", 60.0)
    monkeypatch.setattr(pipeline, "COSTLY_SECONDS", 0.0)
    first, second = preprocess_requests([[PHOTOGRAPH] * 2, [PHOTOGRAPH]])
    assert [type(result) for result in first] == [Alternatives, ServiceUnavailable]
    assert [type(result) for result in second] == [ServiceUnavailable]


def test_large_images_of_other_requests_are_not_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", 0.05)
    monkeypatch.setattr(budget, "REQUEST_SECONDS", 60.0)
    results = preprocess_requests([[PHOTOGRAPH]] * 100)
    assert {type(result) for [result] in results} == {Alternatives, ServiceUnavailable}


def test_fault_in_one_image_fails_it_alone_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faulty = drawings.encoded(Image.new("L", (33, 33)))

    def find_ink_or_fail(pixels: Pixels, *, lossy: bool = False) -> Ink:
        if pixels.shape == (33, 33):
            raise ZeroDivisionError("a fault")
        return find_ink(pixels, lossy=lossy)

    monkeypatch.setattr(preparation, "find_ink", find_ink_or_fail)
    first, second = preprocess_requests([[drawings.seven(), faulty, drawings.one()], [drawings.seven()]])
    assert [type(result) for result in (*first, *second)] == [
        Alternatives,
        InternalServerError,
        Alternatives,
        Alternatives,
    ]
    assert "ZeroDivisionError: a fault" in caplog.text


def test_large_image_of_a_request_goes_on_after_its_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LARGE_SECONDS", -1.0)  # no request is started with a large image
    monkeypatch.setattr(budget, "REQUEST_SECONDS", 60.0)
    monkeypatch.setattr(pipeline, "COSTLY_SECONDS", 60.0)  # this machine may be busy
    one = np.full((40, 40), 255, np.uint8)
    one[8:32, 18:22] = 0
    assert types_of([encode_png(one), PHOTOGRAPH]) == [Alternatives, Alternatives]
    assert types_of([PHOTOGRAPH]) == [ServiceUnavailable]


def test_time_in_which_the_worker_waits_is_no_cpu_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BATCH_CPU_SECONDS", 0.1)
    waited = Budget()
    time.sleep(0.2)
    [[drawing]] = preprocess_requests([[drawings.seven()]], waited)
    assert isinstance(drawing, Alternatives)


def test_two_calls_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BATCH_CPU_SECONDS", 0.2)
    shared = Budget()
    [[first]] = preprocess_requests([[drawings.seven()]], shared)
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        pass
    [[second]] = preprocess_requests([[drawings.seven()]], shared)
    assert [type(first), type(second)] == [Alternatives, ServiceUnavailable]


def test_large_image_of_a_small_request_is_left_to_other_workers() -> None:
    decoder.close()
    results = preprocess_requests([[PHOTOGRAPH], [drawings.seven()], [b"bad"], [PHOTOGRAPH]], small={0, 1, 2})
    assert [type(result) for [result] in results] == [NotSmall, Alternatives, InvalidImage, Alternatives]


def test_small_requests_that_a_batch_has_no_time_for_are_left_to_other_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SMALL_CPU_SECONDS", 0.0)
    results = preprocess_requests([[drawings.seven()], [drawings.seven()]], small={0})
    assert [type(result) for [result] in results] == [NotSmall, Alternatives]


def test_costliest_images_of_small_requests_delay_a_drawing_for_a_part_of_a_second() -> None:
    """As many as share a batch, each as costly as a small image may be: with as many pixels, none of them plain."""
    side = int(limits.LARGE_PIXELS**0.5)
    costly = drawings.encoded(Image.effect_noise((side, side), 100).quantize(4))
    images = [[costly]] * 31 + [[drawings.seven()]]
    took_s = cpu_seconds(lambda: preprocess_requests(images, small=range(32)))
    assert took_s < 2 * limits.SMALL_CPU_SECONDS


def test_opening_the_costliest_images_of_a_batch_costs_less_than_decoding_one() -> None:
    file = hostile_images.png.noisy_png(4096, 4096, 8, hostile_images.png.RGBA)
    batch = [file] * ((6 << 20) // len(file))
    decoding = cpu_seconds(lambda: Image.open(io.BytesIO(file)).load())
    assert cpu_seconds(lambda: [open_image(image) for image in batch]) < decoding


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def test_images_that_are_refused_when_decoded_count_toward_the_pixels_of_their_request() -> None:
    file = hostile_images.png.noisy_png(4096, 4096, 8, hostile_images.png.RGBA)
    decoder.start()
    [results] = preprocess_requests([[file] * 5])
    assert [type(result) for result in results] == [ImageTooLarge] * 5
    assert ["rows would take too long" in str(result) for result in results] == [True] * 4 + [False]
