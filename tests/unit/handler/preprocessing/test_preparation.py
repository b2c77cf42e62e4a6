"""A drawing on a plain background is read as all its ink; other images are searched."""

import cv2
import numpy as np
import pytest

from handler.errors import BlankImage
from handler.preprocessing import encode_png, normalize
from handler.preprocessing.decoding import open_image
from handler.preprocessing.formats.png import PlainPng
from handler.preprocessing.ink import find_ink
from handler.preprocessing.preparation import prepare, prepare_drawings, prepare_segments
from tests.unit.handler.preprocessing.segmentation import pictures
from train.synthesis.pictures import blank_picture

SEVEN = pictures.ink(pictures.SEVEN)


@pytest.mark.parametrize("seed", range(20))
def test_drawing_gives_the_picture_of_all_its_ink(seed: int) -> None:
    line = [(int(x), int(y)) for x, y in np.random.default_rng(seed).integers(30, 250, (4, 2))]
    paper = 255 - pictures.ink(line)
    alternatives = prepare(open_image(encode_png(paper))).centered()
    assert len(alternatives.pictures) == 1
    np.testing.assert_array_equal(alternatives.pictures[0], normalize(find_ink(paper).levels))


def test_drawing_of_several_parts_gives_the_picture_of_all_its_ink() -> None:
    paper = 255 - pictures.ink(*pictures.FIVE)
    alternatives = prepare(open_image(encode_png(paper))).centered()
    np.testing.assert_array_equal(alternatives.pictures[0], normalize(find_ink(paper).levels))


def test_underline_that_touches_the_digit_is_left_out_of_the_second_picture() -> None:
    underlined = SEVEN | pictures.ink([(80, 214), (200, 214)])
    alternatives = prepare(open_image(encode_png(255 - underlined))).centered()
    np.testing.assert_array_equal(alternatives.pictures[0], normalize(find_ink(255 - underlined).levels))
    whole, digit = np.abs(alternatives.pictures.astype(int) - normalize(SEVEN)).mean(axis=(1, 2))
    assert digit < whole / 2
    assert not alternatives.searched  # it is still one drawing on a plain background


def test_ink_at_the_border_or_a_second_part_is_no_single_drawing() -> None:
    assert find_ink(SEVEN).is_one_drawing()
    cut = SEVEN.copy()
    cut[:5, 0] = 255
    assert not find_ink(cut).is_one_drawing()
    assert not find_ink(pictures.ink(*pictures.FIVE)).is_one_drawing()


def test_drawings_that_are_prepared_together_are_as_each_alone() -> None:
    """Those that are searched, lined, blank or damaged are left to `prepare`."""
    drawn = [pictures.ink(pictures.SEVEN), 255 - pictures.ink([(90, 40), (60, 200)]), SEVEN // 2 + np.uint8(20)]
    others = [
        255 - pictures.ink(*pictures.FIVE),
        SEVEN | pictures.ink([(80, 214), (200, 214)]),
        SEVEN | pictures.frame(3),
        np.zeros((40, 40), np.uint8),
    ]
    damaged = encode_png(SEVEN)
    files = [*map(encode_png, [*drawn, *others]), damaged[:41] + bytes(8) + damaged[49:]]
    images = {2 * place: image for place, file in enumerate(files) if (image := PlainPng.parse(file))}
    prepared = prepare_drawings(images)
    assert list(prepared) == [0, 2, 4]
    for place, one in prepared.items():
        together, alone = one.centered(), prepare(images[place]).centered()
        np.testing.assert_array_equal(together.pictures, alone.pictures)
        assert together[1:] == alone[1:]


@pytest.mark.parametrize("side", [361, 600, 1400])
def test_more_dots_than_16_bits_count_are_no_single_drawing(side: int) -> None:
    ink = np.zeros((side, side), np.uint8)
    ink[1:-1:2, 1:-1:2] = 255
    assert not find_ink(ink).is_one_drawing()
    prepare(open_image(encode_png(255 - ink)))


@pytest.mark.parametrize("factor", [1, 3, 10])
def test_box_is_where_the_digit_is_in_the_whole_image(factor: int) -> None:
    paper = np.kron(255 - (SEVEN | pictures.frame(3)), np.ones((factor, factor), np.uint8))
    [box, *_] = prepare(open_image(encode_png(paper))).boxes
    rows, columns = np.nonzero(SEVEN > 16)
    expected = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
    np.testing.assert_allclose(box, np.multiply(expected, factor), atol=4 * factor)


@pytest.mark.parametrize(("width", "height"), [(1500, 1449), (1449, 1500)])
def test_box_ends_with_an_image_that_is_reduced(width: int, height: int) -> None:
    page = np.full((height, width), 255, np.uint8)
    page[height // 2 :, width // 2 : width // 2 + 60] = 0
    page[-60:, width // 2 :] = 0
    [box, *_] = prepare(open_image(encode_png(page))).boxes
    assert (box.right, box.bottom) == (width, height)


def test_segments_have_no_frame() -> None:
    segments = prepare_segments(open_image(encode_png(255 - (SEVEN | pictures.frame(3)))))
    _, components = segments.components()
    assert len(components) == 1
    assert segments.factor == 1
    assert not segments.ink[0].any()


def test_ink_that_noise_hides_is_found_at_half_the_size() -> None:
    noise = np.random.default_rng(0).normal(200, 13, (420, 560))
    noise[70:350, 140:420] -= 0.18 * pictures.ink(pictures.SEVEN, pen=10)
    opened = open_image(encode_png(np.asarray(noise.clip(0, 255), np.uint8)))
    found = prepare(opened).centered()
    assert np.corrcoef(found.pictures[0].ravel(), normalize(SEVEN).ravel())[0, 1] > 0.7
    np.testing.assert_allclose(found.boxes[0], (235, 135, 90, 150), atol=12)
    segments = prepare_segments(opened)
    assert segments.factor == 2
    assert segments.ink.any()


@pytest.mark.parametrize("seed", [4, 23, 34, 90, 96, 156, 160, 163])
def test_shadow_with_few_sharp_places_is_blank(seed: int) -> None:
    with pytest.raises(BlankImage):
        prepare(open_image(blank_picture("blank-paper-in-shadow", np.random.default_rng(seed))))


def test_small_picture_is_not_looked_at_at_half_the_size() -> None:
    photograph = cv2.imdecode(
        np.frombuffer(blank_picture("blank-paper-in-shadow", np.random.default_rng(4)), np.uint8), 1
    )
    assert photograph is not None
    scale = 150 / max(photograph.shape)
    thumbnail = cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    with pytest.raises(BlankImage):
        prepare(open_image(cv2.imencode(".jpg", thumbnail, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()))
