import cv2
import numpy as np
import pytest

from handler.errors import BlankImage
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.number import MAX_COMPONENTS, Piece, Writing


def strokes(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (100, 300)) -> Pixels:
    """Return ink in the form of filled rectangles: left, top, width, height."""
    ink = np.zeros(shape, np.uint8)
    for left, top, width, height in boxes:
        ink[top : top + height, left : left + width] = 255
    return ink


def whole(writing: Writing) -> list[Piece]:
    return [piece for piece in writing.pieces() if piece.is_digit]


def place(writing: Writing, piece: Piece) -> tuple[int, ...]:
    scaled = writing.scaled(piece)
    assert scaled is not None
    return tuple(scaled[1])


def test_components_are_pieces_from_the_left() -> None:
    writing = Writing(strokes((100, 20, 30, 60), (20, 20, 10, 60)))
    assert [place(writing, piece) for piece in whole(writing)] == [(20, 20, 10, 60), (100, 20, 30, 60)]


def test_neighbors_are_a_piece_together_as_the_strokes_of_a_four_are() -> None:
    writing = Writing(strokes((20, 20, 20, 40), (35, 45, 5, 40), (38, 20, 6, 60)))
    assert place(writing, whole(writing)[-1]) == (20, 20, 24, 65)


def test_components_far_apart_are_no_piece() -> None:
    writing = Writing(strokes((20, 20, 10, 60), (100, 20, 10, 60)))
    assert all(piece.stop[0] == piece.start[0] + 1 for piece in whole(writing))


def test_only_low_components_may_be_left_out() -> None:
    writing = Writing(strokes((20, 20, 30, 60), (60, 74, 6, 6), (80, 20, 30, 60)))
    omitted = [piece for piece in writing.pieces() if not piece.is_digit]
    assert [(piece.start, piece.stop) for piece in omitted] == [((2, 0), (3, 0))]


def test_pieces_on_both_sides_of_a_cut_are_the_whole_component() -> None:
    ink = strokes((20, 20, 10, 60), (60, 20, 10, 60), (20, 48, 50, 4))
    writing = Writing(ink)
    added = writing.cut(1)
    cut = (1, 1)
    [left] = [place(writing, piece) for piece in added if (piece.start, piece.stop) == ((1, 0), cut)]
    [right] = [place(writing, piece) for piece in added if (piece.start, piece.stop) == (cut, (2, 0))]
    assert left[0] == 20
    assert right[0] + right[2] == 70


def test_boxes_of_high_writing_are_in_pixels_of_its_ink() -> None:
    writing = Writing(strokes((200, 100, 300, 600), shape=(1000, 1000)))
    left, top, width, height = place(writing, whole(writing)[0])
    assert (left, top, width, height) == pytest.approx((200, 100, 300, 600), abs=20)


def test_pieces_know_their_line() -> None:
    writing = Writing(strokes((20, 110, 30, 60), (20, 10, 30, 60), (80, 12, 30, 60), shape=(200, 200)))
    assert [writing.line_of(piece) for piece in whole(writing)] == [0, 0, 1]


def test_noise_of_many_components_has_few_pieces() -> None:
    noise = np.random.default_rng(0).random((1000, 1000)) < 0.1
    writing = Writing(noise.astype(np.uint8) * np.uint8(255))
    assert writing.tall_components() <= MAX_COMPONENTS
    assert len(writing.pieces()) < 2000


def test_ink_that_is_empty_is_blank() -> None:
    with pytest.raises(BlankImage):
        Writing(np.zeros((50, 50), np.uint8))


def test_tall_strokes_are_no_specks_however_thin_they_are() -> None:
    assert len(whole(Writing(strokes((20, 5, 1, 600), shape=(610, 300))))) == 1
    assert len(whole(Writing(strokes((20, 5, 1, 600), (280, 5, 1, 600), shape=(610, 300))))) == 2


def test_ring_and_bar_that_touch_have_a_cut_between_them() -> None:
    ink = strokes((70, 20, 6, 60))
    cv2.ellipse(ink, (48, 50), (21, 28), 0, 0, 360, 255, 5)
    writing = Writing(ink)
    rights = [place(writing, piece)[0] for piece in writing.cut(1) if piece.stop == (2, 0)]
    assert any(abs(left - 70) <= 3 for left in rights)
