"""Drawings from files in the UNIPEN format.

The ink is a sequence of components, counted from 0: the points that follow a `.PEN_DOWN` or a `.PEN_UP`. A segment such
as `.SEGMENT CHARACTER 96-98 ? "4"` gives a label to components 96 to 98.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from train.data.strokes import Drawing, Stroke, at_origin

_SEGMENT = re.compile(r'\.SEGMENT\s+\w+\s+(\S+)\s+\S+\s+"([0-9A-Za-z])"')


@dataclass
class _Component:
    is_down: bool
    writer: str
    file: str
    points: list[tuple[float, float]] = field(default_factory=list)


def read_drawings(
    lines: Iterable[tuple[str, str]], writer: re.Pattern[str], site: str, source: str
) -> Iterator[Drawing]:
    """Read the segments of one digit or letter.

    Left out are segments that cut a component in two, and those with blanked ink: a stroke of the one point 0 0.

    Args:
        lines: Each with the name of its file.
        writer: Matches a line that names the writer of the ink after it, in its first group.
        site: As in `Drawing`.
        source: As in `Drawing`.

    Yields:
        The drawings in the segments' order; y points down, and the top left corner of each is the origin.
    """
    components: list[_Component] = []
    segments: list[tuple[str, str]] = []
    name, current = "", None
    for file, line in lines:
        if line.startswith("."):
            is_pen = line.startswith((".PEN_DOWN", ".PEN_UP"))
            current = _Component(line.startswith(".PEN_DOWN"), name, file) if is_pen else None
            if match := _SEGMENT.match(line):
                segments.append((match[1], match[2]))
            elif match := writer.match(line):
                name = match[1]
        elif current and len(numbers := line.split()) >= 2:
            if not current.points:  # a component without points does not count
                components.append(current)
            current.points.append((float(numbers[0]), -float(numbers[1])))
    for range_, label in segments:
        if chosen := _choose(components, range_):
            strokes = at_origin(_without_repeats(component.points) for component in chosen)
            yield Drawing(label, strokes, chosen[0].writer, site, source, chosen[0].file)


def _choose(components: Sequence[_Component], range_: str) -> list[_Component]:
    """Return the strokes among the components of a range such as `96-98`; none if it is to be left out."""
    if ":" in range_:  # starts or ends at a point within a component
        return []
    first, _, last = range_.partition("-")
    chosen = [component for component in components[int(first) : int(last or first) + 1] if component.is_down]
    return [] if any(component.points == [(0, 0)] for component in chosen) else chosen


def _without_repeats(points: Sequence[tuple[float, float]]) -> Stroke:
    """Leave out the points at which the pen stood still."""
    stroke = np.asarray(points, np.float32)
    moved = np.any(np.diff(stroke, axis=0) != 0, axis=1)
    kept: Stroke = stroke[np.concatenate([[True], moved])]
    return kept
