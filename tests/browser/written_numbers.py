"""Pictures of numbers: drawn digits side by side on white paper, and where each of them is."""

import io

from PIL import Image, ImageChops

from benchmarks.samples import drawings
from tests.browser.digit_page import Rectangle

SIZE = (1200, 800)
DIGIT_HEIGHT = 140
COLUMN = 150
ROW = 220


def written(*lines: str) -> tuple[Image.Image, list[Rectangle]]:
    """Return a picture of these lines of digits, and each digit's left, top, right and bottom in its pixels."""
    digits = dict(reversed(drawings()))
    picture = Image.new("L", SIZE, 255)
    boxes: list[Rectangle] = []
    top = (SIZE[1] - ROW * len(lines)) // 2
    for row, line in enumerate(lines):
        left = (SIZE[0] - COLUMN * len(line)) // 2
        for column, character in enumerate(line):
            digit = resized(digits[int(character)])
            place = (left + COLUMN * column, top + ROW * row)
            boxes.append(paste(picture, digit, place))
    return picture, boxes


def resized(png: bytes) -> Image.Image:
    """Return a drawing with the height of the digits."""
    digit = Image.open(io.BytesIO(png)).convert("L")
    return digit.resize((round(digit.width * DIGIT_HEIGHT / digit.height), DIGIT_HEIGHT))


def paste(picture: Image.Image, digit: Image.Image, place: tuple[int, int]) -> Rectangle:
    """Put a digit into a picture; return where its ink is."""
    picture.paste(digit, place)
    ink = ImageChops.invert(digit).point(lambda level: 255 * (level > 127)).getbbox()
    assert ink is not None
    return place[0] + ink[0], place[1] + ink[1], place[0] + ink[2], place[1] + ink[3]
