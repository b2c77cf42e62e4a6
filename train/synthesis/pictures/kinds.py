"""The kinds of pictures: with a digit, and without one."""

from collections.abc import Callable

import numpy as np

from train.data.strokes import Drawing
from train.synthesis.pictures import blanks, canvases, cells, photographs
from train.synthesis.pictures.pens import unit

_MAKERS: dict[str, Callable[[photographs.Digit, np.random.Generator], bytes]] = {
    "even-light": photographs.even_light,
    "shadow": photographs.shadow,
    "dark-desk": photographs.dark_desk,
    "bright-desk": photographs.bright_desk,
    "whiteboard": photographs.whiteboard,
    "pencil": photographs.pencil,
    "ruled-paper": photographs.ruled_paper,
    "squared-paper": photographs.squared_paper,
    "colored-ink": photographs.colored_ink,
    "chalk": photographs.chalk,
    "turned-by-exif": photographs.turned_by_exif,
    "large-photograph": photographs.large,
    "scan": cells.scan,
    "scan-with-dark-edge": cells.scan_with_dark_edge,
    "form-box": cells.form_box,
    "grid-cell": cells.grid_cell,
    "screenshot-frame": canvases.screenshot_frame,
    "box-around": canvases.box_around,
    "circled": canvases.circled,
    "underlined": canvases.underlined,
    "ink-on-border": canvases.ink_on_border,
}
_BLANK_MAKERS: dict[str, Callable[[np.random.Generator], bytes]] = {
    "blank-paper": blanks.paper,
    "blank-paper-in-shadow": blanks.paper_in_shadow,
    "blank-noise": blanks.noise,
    "blank-scan": blanks.scanned_sheet,
    "blank-whiteboard": blanks.whiteboard,
    "blank-desk-and-paper": blanks.desk_and_paper,
}

KINDS = tuple(_MAKERS)
BLANK_KINDS = tuple(_BLANK_MAKERS)
SLOW_KINDS = ("large-photograph",)  # about a second each


def picture(kind: str, drawing: Drawing, random: np.random.Generator) -> bytes:
    """Return an encoded image, PNG or JPEG, of a digit.

    Args:
        kind: One of `KINDS`.
        drawing: The digit.
        random: Source of randomness.

    Raises:
        KeyError: There is no such kind.
    """
    return _MAKERS[kind](unit(drawing.strokes), random)


def blank_picture(kind: str, random: np.random.Generator) -> bytes:
    """Return an encoded image, PNG or JPEG, on which nothing is written; `kind` is one of `BLANK_KINDS`."""
    return _BLANK_MAKERS[kind](random)
