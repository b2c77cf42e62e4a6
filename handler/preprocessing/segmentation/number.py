"""Ink of a number → pieces of it that may be digits. The network then decides which of them are.

The ink is divided at nodes, in reading order: before each component, and at cuts through components. A piece is what
lies between two nodes. A way through all nodes is a reading of the number.
"""

import math
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.errors import BlankImage
from handler.preprocessing.normalization import Scaled, scale
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.cuts import Cut, find_cuts
from handler.preprocessing.segmentation.writing_lines import MIN_TALL, Boxes, height_of_writing, lines_of

MAX_COMPONENTS = 192  # the largest; the others are left out
STRONG = 0.3  # of the strongest ink; components are connected by what is stronger
MIN_AREA = 0.002  # of the square of the height of writing; smaller components are specks, unless they are tall
MAX_HEIGHT = 3.0  # heights of writing; higher components are no digits
WORKING_HEIGHT = 64  # pixels; higher writing is reduced to between 1 and 1.5 times this
MAX_PARTS = 5  # components of one piece
MIN_WIDTH, MAX_WIDTH = 0.06, 1.5  # heights of writing, of a piece cut from a component
MAX_GAPS = 0.3  # heights of writing, between the components of a piece
CUTS = 8  # of a component as wide as writing is high
MAX_CUTS = 40  # of one component

Node = tuple[int, int]  # the label of a component, and 0 for its beginning or the number of a cut through it, from 1


class Piece(NamedTuple):
    """What lies between two nodes.

    Attributes:
        start, stop: The nodes.
        is_digit: Whether it is read as a digit; otherwise it is left out.
        height, width: In heights of writing.
        gaps: How many gaps there are between its components, and how wide they are together, in heights of writing.
        cuts: How many of its ends are cuts, and what these cost (`Cut.cost`).
    """

    start: Node
    stop: Node
    is_digit: bool
    height: float
    width: float
    gaps: tuple[int, float]
    cuts: tuple[int, float]


class Writing:
    """The components of a number in reading order.

    Args:
        ink: (height, width) uint8, 0 is background.

    Raises:
        BlankImage: Nothing in the ink may be a digit.
    """

    def __init__(self, ink: Pixels) -> None:
        labels, boxes = _components(ink)
        self._factor = max(1, round(height_of_writing(boxes) / WORKING_HEIGHT))
        if self._factor > 1:
            size = (-(-ink.shape[1] // self._factor), -(-ink.shape[0] // self._factor))
            ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
            labels, boxes = _components(ink)
        self._height = height_of_writing(boxes)
        lines = lines_of(boxes, self._height)
        order = np.array([index for line in lines for index in line])
        table = np.zeros(len(boxes) + 1, np.uint8)
        table[order + 1] = np.arange(1, len(order) + 1)
        ordered = table[labels]
        grown = cv2.dilate(ordered, np.ones((3, 3), np.uint8))
        self._ink = ink
        self._labels = np.where((ordered == 0) & (ink > 0), grown, ordered)  # with the faint edges of the strokes
        self._boxes = boxes[order]
        self._ends = [1 + end for end in accumulate(map(len, lines))]  # the label after the last of each line
        self._cuts: dict[Node, Cut] = {}

    def line_of(self, piece: Piece) -> int:
        """Return the number of the line that a piece is in, from 0."""
        return int(np.searchsorted(self._ends, piece.start[0], side="right"))

    def in_heights(self, pixels: float) -> float:
        """Return pixels of the ink in heights of writing."""
        return pixels / (self._factor * self._height)

    def tall_components(self) -> int:
        """Return how many components are as high as digits are."""
        return int((self._boxes[:, 3] >= MIN_TALL * self._height).sum())

    def pieces(self) -> list[Piece]:
        """Return the pieces of whole components: first each one alone, then low ones left out, then several."""
        single = [self._piece((label, 0), (label + 1, 0)) for label in range(1, self._ends[-1])]
        omitted = [piece._replace(is_digit=False) for piece in single if piece.height < MIN_TALL]
        pairs = [
            ((label, 0), (stop, 0))
            for label in range(1, self._ends[-1])
            for stop in range(label + 2, min(label + MAX_PARTS, self._end_of_line(label)) + 1)
        ]
        return [*single, *omitted, *self._likely(pairs)]

    def cut(self, label: int) -> list[Piece]:
        """Cut a component and return the pieces that this adds, likely ones first."""
        box = Box(*self._boxes[label - 1].tolist())
        if box.height < MIN_TALL * self._height:
            return []
        mask = (self._labels[box.slices] == label).astype(np.uint8)
        cuts = find_cuts(mask, min(math.ceil(CUTS * box.width / self._height), MAX_CUTS))
        nodes = [(label, number) for number in range(1, len(cuts) + 1)]
        self._cuts.update(zip(nodes, cuts, strict=True))
        end = self._end_of_line(label)
        first = max([1, *(begin for begin in self._ends if begin <= label)])
        starts = [(other, 0) for other in range(max(label - 2, first), label + 1)]
        stops = [(other, 0) for other in range(label + 1, min(label + 3, end) + 1)]
        middles = np.array([cut.middle for cut in cuts])
        reach = np.searchsorted(middles, middles + MAX_WIDTH * self._height, side="right")  # wider pieces are no digits
        within = [(start, stop) for index, start in enumerate(nodes) for stop in nodes[index + 1 : reach[index]]]
        ending = [(start, stop) for start in starts for stop in nodes]
        beginning = [(start, stop) for start in nodes for stop in stops]
        return sorted(self._likely([*within, *ending, *beginning]), key=lambda piece: piece.gaps[1] + piece.cuts[1])

    def scaled(self, piece: Piece) -> tuple[Scaled, Box] | None:
        """Return the ink of a piece on the grid, and where it is in the ink; None if nothing is left of it."""
        members = self._members(piece.start, piece.stop)
        left, top = np.maximum(members[:, :2].min(axis=0) - 1, 0).tolist()
        right, bottom = ((members[:, :2] + members[:, 2:]).max(axis=0) + 1).tolist()
        labels = self._labels[top:bottom, left:right]
        inside = (labels >= piece.start[0]) & (labels < piece.stop[0] + (piece.stop[1] > 0))
        rows, columns = np.arange(top, top + labels.shape[0]), np.arange(left, left + labels.shape[1])
        for node in (piece.start, piece.stop):
            if node[1]:
                x, y, _, height = self._boxes[node[0] - 1].tolist()
                path = x + self._cuts[node].columns[np.clip(rows - y, 0, height - 1)][:, None]
                outside = columns < path if node == piece.start else columns >= path
                inside &= ~(outside & (labels == node[0]))
        ink = np.where(inside, self._ink[top:bottom, left:right], np.uint8(0))
        x, y, width, height = cv2.boundingRect((ink > STRONG / 2 * int(self._ink.max())).view(np.uint8))
        if width == 0:
            return None
        return scale(ink), Box(left + x, top + y, width, height).scaled(self._factor)

    def _likely(self, pairs: Iterable[tuple[Node, Node]]) -> list[Piece]:
        pieces = [self._piece(start, stop) for start, stop in pairs]
        return [x for x in pieces if MIN_WIDTH <= x.width <= MAX_WIDTH and x.gaps[1] <= MAX_GAPS]

    def _piece(self, start: Node, stop: Node) -> Piece:
        members = self._members(start, stop)
        ends = np.maximum.accumulate(members[:, 0] + members[:, 2])
        gaps = (members[1:, 0] - ends[:-1]) / self._height
        left = members[0, 0] + (self._cuts[start].middle if start[1] else 0)
        right = members[-1, 0] + self._cuts[stop].middle if stop[1] else ends[-1]
        cuts = [self._cuts[node].cost for node in (start, stop) if node[1]]
        return Piece(
            start,
            stop,
            is_digit=True,
            height=float((members[:, 1] + members[:, 3]).max() - members[:, 1].min()) / self._height,
            width=float(right - left) / self._height,
            gaps=(int((gaps > 0).sum()), float(np.maximum(gaps, 0).sum())),
            cuts=(len(cuts), sum(cuts)),
        )

    def _members(self, start: Node, stop: Node) -> Boxes:
        """Return the boxes of the components that have ink between two nodes."""
        members: Boxes = self._boxes[start[0] - 1 : stop[0] - (stop[1] == 0)]
        return members

    def _end_of_line(self, label: int) -> int:
        return next(end for end in self._ends if end > label)


def _components(ink: Pixels) -> tuple[NDArray[np.int32], Boxes]:
    """Return the labels of the components that may be parts of digits, from 1, and their boxes."""
    strong = (ink > STRONG * int(ink.max())).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=8, ltype=cv2.CV_32S)
    boxes, areas = stats[1:, :4].astype(np.int64), stats[1:, cv2.CC_STAT_AREA]
    if not len(boxes):
        raise BlankImage("Nothing is drawn on the image; draw digits that stand out from their background.")
    height = height_of_writing(boxes)
    is_speck = (areas < MIN_AREA * height * height) & (boxes[:, 3] < MIN_TALL * height)
    kept = np.flatnonzero(~is_speck & (boxes[:, 3] <= MAX_HEIGHT * height))
    if len(kept) > MAX_COMPONENTS:
        kept = np.sort(kept[np.argpartition(-areas[kept], MAX_COMPONENTS)[:MAX_COMPONENTS]])
    table = np.zeros(len(boxes) + 1, np.int32)
    table[kept + 1] = np.arange(1, len(kept) + 1)
    return table[labels], boxes[kept]
