"""Ink of several digits → the number that they are."""

import math
from collections.abc import Container, Iterable, Sequence
from typing import Any, TypedDict

from handler.errors import ApiError, BlankImage, TooManyDigits, too_many
from handler.observations import Observations
from handler.piece_costs import digit_cost, network_cost, omission_cost
from handler.preprocessing import Alternatives, Budget, Segments
from handler.preprocessing.normalization import center
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.number import Piece, Writing
from handler.reading import Judged, Reading, best_reading
from handler.recognizer import DECIMALS, Recognition, Recognizer
from handler.tap_detection import look_like_taps

MAX_DIGITS = 64
MAX_PIECES = 320  # that the network sees of one image
MAX_CUT = 16  # components of one image, those that the network doubts most
DOUBTED = -4.0  # `network_cost`; digits of which the network is surer are not cut
WIDE = 0.85  # heights of writing; wider digits are cut too
# Of the log odds that ink is divided right, if no digit was cut, and if one was; fitted on validation writers.
UNCUT_OFFSET, CUT_OFFSET = 0.75, -0.5

OF_WHOLE = ("model", "hint")  # fields of a recognition that its digit does not have
VERDICTS = ("digit", "unsure", "not_a_digit")  # from the strongest

_BUSY = too_many("numbers")


class NumberAnswer(TypedDict):
    """The answer to the image of a number, in the shape of the public contract (`web/public/openapi.json`)."""

    number: str
    confidence: float
    verdict: str
    lines: list[list[int]]
    digits: list[dict[str, Any]]
    model: dict[str, str]


class NumberRecognizer:
    """Reads numbers with the network of a `Recognizer`, besides the digits that it reads itself."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    def infer(
        self,
        requests: Sequence[Sequence[Alternatives | Segments | ApiError]],
        budget: Budget,
        explained: Container[int] = (),
        observations: Observations | None = None,
        drafts: Container[int] = (),
    ) -> list[list[Recognition | NumberAnswer | ApiError]]:
        """Recognize the digits and the numbers of each request; the errors among them stay in their places.

        Args:
            requests: What the digit of an image may be, or the ink of a number.
            budget: The time that is left for numbers and explanations; too late, they are `ServiceUnavailable`.
            explained: The numbers of the requests whose digits are explained.
            observations: Where the digits are counted; those of numbers are not.
            drafts: The numbers of the requests whose digits are not counted.
        """
        digits = [[_BUSY if isinstance(item, Segments) else item for item in items] for items in requests]
        read = self._recognizer.infer(digits, budget, explained, observations, drafts)
        answers: list[list[Recognition | NumberAnswer | ApiError]] = [list(row) for row in read]
        for items, row in zip(requests, answers, strict=True):
            for place, item in enumerate(items):
                if isinstance(item, Segments) and budget.allows(large=True, started=True):
                    try:
                        row[place] = self.read(item)
                    except ApiError as error:
                        row[place] = error.as_result()
        return answers

    def read(self, segments: Segments) -> NumberAnswer:
        """Read a number.

        Raises:
            BlankImage: There is no ink.
            TooManyDigits: There are more than `MAX_DIGITS` digits.
        """
        writing = Writing(segments.ink)
        if writing.tall_components() > 2 * MAX_DIGITS:  # each digit has two parts at most, where there are that many
            raise _too_many()
        pieces = _Pieces(self._recognizer, writing, segments)
        pieces.judge(writing.pieces())
        reading = best_reading(pieces.judged)
        doubted = [item for item in reading.digits if pieces.may_be_several(item)]
        doubted.sort(key=lambda item: -item.cost)
        labels = [label for item in doubted for label in range(item.piece.start[0], item.piece.stop[0])][:MAX_CUT]
        if labels:
            pieces.judge(piece for label in labels for piece in writing.cut(label))
            reading = best_reading(pieces.judged)
        if not reading.digits:
            raise BlankImage("There is no digit on the image; draw digits that stand out from their background.")
        if len(reading.digits) > MAX_DIGITS:
            raise _too_many()
        return _answer(reading, pieces.recognitions, writing)


class _Pieces:
    """The pieces of one number that the network has seen."""

    def __init__(self, recognizer: Recognizer, writing: Writing, segments: Segments) -> None:
        self._recognizer, self._writing, self._segments = recognizer, writing, segments
        self.judged: list[Judged] = []
        self.recognitions: list[Recognition] = []
        self._taps: list[bool] = []  # for each of them, whether it looks like a stray tap

    def judge(self, pieces: Iterable[Piece]) -> None:
        """Let the network judge pieces, the first of them if there are too many; no further ones are asked for."""
        tried: list[Piece] = []
        images: list[tuple[Any, Box]] = []
        for piece in pieces:
            if len(self.recognitions) + len(tried) == MAX_PIECES:
                break
            if not piece.is_digit:
                self.judged.append(Judged(piece, omission_cost(piece), None, -1))
            elif (scaled := self._writing.scaled(piece)) is not None:
                tried.append(piece)
                images.append(scaled)
        if not tried:
            return
        pictures = center([scaled for scaled, _ in images])
        factor, size = self._segments.factor, (self._segments.width, self._segments.height)
        alternatives = [
            Alternatives(picture[None], (box.scaled(factor).within(*size),))
            for picture, (_, box) in zip(pictures, images, strict=True)
        ]
        [answers] = self._recognizer.infer([alternatives])
        taps = look_like_taps(pictures).tolist()
        for piece, (_, box), answer, is_tap in zip(tried, images, answers, taps, strict=True):
            if not isinstance(answer, ApiError):
                width, height = self._writing.in_heights(box.width), self._writing.in_heights(box.height)
                cost = digit_cost(piece, width, height, answer)
                self.judged.append(Judged(piece, cost, answer["digit"], len(self.recognitions)))
                self.recognitions.append(answer)
                self._taps.append(is_tap)

    def may_be_several(self, item: Judged) -> bool:
        """Return whether a digit may be several that touch: the network doubts it, or it is wide. A dot is one."""
        is_doubted = network_cost(self.recognitions[item.place]) > DOUBTED
        return (is_doubted or item.piece.width > WIDE) and not self._taps[item.place]


def _answer(reading: Reading, recognitions: Sequence[Recognition], writing: Writing) -> NumberAnswer:
    found = [recognitions[item.place] for item in reading.digits]
    lines: dict[int, list[int]] = {}
    for place, item in enumerate(reading.digits):
        lines.setdefault(writing.line_of(item.piece), []).append(place)
    return {
        "number": "".join(str(digit["digit"]) for digit in found),
        "confidence": round(number_confidence(reading, min(digit["confidence"] for digit in found)), DECIMALS),
        "verdict": max((digit["verdict"] for digit in found), key=VERDICTS.index),
        "lines": list(lines.values()),
        "digits": [{name: value for name, value in digit.items() if name not in OF_WHOLE} for digit in found],
        "model": found[0]["model"],
    }


def number_confidence(reading: Reading, weakest: float) -> float:
    """Return the calibrated probability that a number is right: that its ink is divided right, and its digits are.

    Args:
        reading: Whose share of all readings tells the first.
        weakest: The least confidence of its digits, 0 to 1, which tells the second.

    Returns:
        0 to 1.
    """
    share = min(max(reading.share, 1e-6), 1 - 1e-6)
    is_cut = any(item.piece.cuts[0] for item in reading.digits)
    offset = CUT_OFFSET if is_cut else UNCUT_OFFSET
    return weakest / (1 + math.exp(-math.log(share / (1 - share)) - offset))


def _too_many() -> TooManyDigits:
    return TooManyDigits(f"The image has more than {MAX_DIGITS} digits; send a part of it with fewer.")
