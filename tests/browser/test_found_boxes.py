"""The box of the digit that was found is on the sheet, where the digit is."""

from collections.abc import Callable, Sequence

import pytest
from PIL import Image

from tests import drawings
from tests.browser.digit_page import ONE, SEVEN, DigitPage, Rectangle
from tests.browser.handwriting import Stroke

# The 7 of tests/drawings.py with its pen, in a picture of 280 by 280.
SEVEN_BOX = (59, 49, 216, 236)
GAP = 0.06  # between the digit and its box, as a fraction of the digit's longer side
PIXELS = 0.012  # of the canvas side: what rounding and soft edges make

SHOW_BOX = """async ([strokes, box]) => {
    const { canvasInImage, FoundBoxes } = await import("/page.js");
    const [left, top, right, bottom] = box;
    const digit = { box: { left, top, width: right - left, height: bottom - top }, verdict: "digit" };
    new FoundBoxes(document.getElementById("found-boxes")).show(canvasInImage(strokes), [digit]);
}"""
INK_SIDE, MARGIN = 80, 2


def on_sheet(box: Rectangle, size: tuple[int, int]) -> Rectangle:
    """Return where a box of a picture is, in fractions of the canvas side. The picture fits and keeps its aspect."""
    side = max(size)
    left, top = ((side - length) / 2 for length in size)
    return (box[0] + left) / side, (box[1] + top) / side, (box[2] + left) / side, (box[3] + top) / side


def surrounds(box: Rectangle, ink: Rectangle) -> bool:
    """Whether a box has all of the ink in it, and little else."""
    outside = (ink[0] - box[0], ink[1] - box[1], box[2] - ink[2], box[3] - ink[3])
    gap = GAP * max(ink[2] - ink[0], ink[3] - ink[1])
    return all(0 < space < gap + PIXELS for space in outside)


def seven_in(size: tuple[int, int], at: tuple[int, int]) -> tuple[Image.Image, Rectangle]:
    """Return a picture of this size with a 7, and where the 7 is."""
    picture = Image.new("L", size, 255)
    picture.paste(drawings.drawing(drawings.SEVEN), at)
    left, top, right, bottom = SEVEN_BOX
    return picture, (left + at[0], top + at[1], right + at[0], bottom + at[1])


@pytest.mark.parametrize("size", [(800, 500), (500, 800), (280, 280)])
def test_the_box_of_an_opened_image_is_where_the_digit_is(digit_page: DigitPage, size: tuple[int, int]) -> None:
    picture, seven = seven_in(size, (size[0] - 280, 0))
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("digit")
    (box,) = digit_page.boxes
    assert surrounds(box, on_sheet(seven, size)), (box, on_sheet(seven, size))


def test_the_box_of_an_image_that_is_turned_by_exif_is_where_the_digit_is(digit_page: DigitPage) -> None:
    picture, seven = seven_in((800, 500), (100, 50))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    content = drawings.encoded(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    digit_page.open_image(content, "photo.jpg", "image/jpeg")
    digit_page.wait_for("digit")
    (box,) = digit_page.boxes
    assert surrounds(box, on_sheet(seven, (800, 500)))


def test_the_box_of_an_image_that_is_reduced_before_it_is_sent_is_where_the_digit_is(digit_page: DigitPage) -> None:
    picture, seven = seven_in((2400, 1600), (1000, 700))
    digit_page.open_image(drawings.encoded(picture, "BMP"), "scan.bmp", "image/bmp")
    digit_page.wait_for("digit")
    (box,) = digit_page.boxes
    assert surrounds(box, on_sheet(seven, (2400, 1600)))


def test_clearing_and_drawing_remove_the_box(digit_page: DigitPage) -> None:
    remove: list[Callable[[], None]] = [lambda: digit_page.press("New digit"), lambda: digit_page.draw(ONE)]
    for act in remove:
        digit_page.open_image(drawings.seven())
        digit_page.wait_for("digit")
        assert len(digit_page.boxes) == 1
        act()
        assert digit_page.boxes == []


def test_an_image_that_gets_an_error_has_no_box(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    digit_page.open_image(drawings.blank())
    digit_page.wait_for("failure")
    assert digit_page.boxes == []


def test_a_drawing_of_one_digit_has_no_box(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    assert digit_page.boxes == []


@pytest.mark.parametrize("strokes", [SEVEN, ONE, [[(0.02, 0.9), (0.95, 0.97)]]])
def test_a_box_in_the_image_of_a_drawing_is_on_the_canvas_where_the_ink_is(
    digit_page: DigitPage, strokes: Sequence[Stroke]
) -> None:
    pen = 15 / 280
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    ink = min(xs) - pen / 2, min(ys) - pen / 2, max(xs) + pen / 2, max(ys) + pen / 2
    scale = INK_SIDE / max(ink[2] - ink[0], ink[3] - ink[1])
    in_image = (MARGIN, MARGIN, MARGIN + (ink[2] - ink[0]) * scale, MARGIN + (ink[3] - ink[1]) * scale)
    digit_page.page.evaluate(SHOW_BOX, [strokes, in_image])
    (box,) = digit_page.boxes
    assert surrounds(box, ink), (box, ink)


def test_the_boxes_are_not_there_for_a_screen_reader(digit_page: DigitPage) -> None:
    assert digit_page.page.locator("#found-boxes").get_attribute("aria-hidden") == "true"
