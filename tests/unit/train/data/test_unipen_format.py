import re

import pytest

from train.data.strokes import Drawing
from train.data.unipen_format import read_drawings

INK = """.COORD X Y T
.WRITER_ID ann
.PEN_UP
.PEN_DOWN
\t10 50 1
\t10 50 2
\t30 40 3
.PEN_UP
\t31 41 4
.DT 100
99 99
.PEN_DOWN
20 45 5

.PEN_DOWN
0 0
.WRITER_ID bob
.PEN_DOWN
1 1
0 0
"""


def read(*segments: str) -> list[Drawing]:
    text = INK + "".join(f".SEGMENT CHARACTER {segment}\n" for segment in segments)
    lines = (("a.dat", line) for line in text.splitlines())
    return list(read_drawings(lines, re.compile(r"\.WRITER_ID\s+(\S+)"), "art", "unipen"))


def test_segment_is_the_strokes_of_its_components() -> None:
    (drawing,) = read('0-2 OK "4"')
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0], [20, 10]], [[10, 5]]]
    assert (drawing.label, drawing.writer, drawing.site, drawing.source) == ("4", "ann", "art", "unipen")
    assert (drawing.file, drawing.variant) == ("a.dat", "")


def test_pen_up_components_count_and_empty_ones_do_not() -> None:
    (drawing,) = read('2 ? "1"')
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0]]]


def test_writer_is_the_one_named_before_the_ink() -> None:
    assert [drawing.writer for drawing in read('0 ? "1"', '4  OK  "1"')] == ["ann", "bob"]


@pytest.mark.parametrize("range_", ["0:0-0:1", "0-2:0", "3", "2-3", "1", "5", "9-12"])
def test_segment_that_cuts_a_component_or_has_blanked_or_no_ink_is_left_out(range_: str) -> None:
    assert read(f'{range_} OK "1"') == []


@pytest.mark.parametrize("label", ["+", "12", "", "é"])
def test_segment_of_anything_but_one_digit_or_letter_is_left_out(label: str) -> None:
    assert read(f'0 OK "{label}"') == []


def test_segments_may_come_before_the_ink() -> None:
    lines = '.SEGMENT DIGIT 0 ? "7"\n.PEN_DOWN\n 1 1\n 5 5\n'.splitlines()
    (drawing,) = read_drawings((("", line) for line in lines), re.compile("x"), "s", "s")
    assert drawing.strokes[0].tolist() == [[0, 4], [4, 0]]
