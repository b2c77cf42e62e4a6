"""Photographs, scans and drawings with lines, each the case of a kind: the name of the file begins with the digit."""

from pathlib import Path

import pytest

from handler.errors import ApiError
from tests import served_model

CASES = sorted((Path(__file__).parents[2] / "cases").glob("*_*"))


def test_there_are_cases() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_digit_of_the_case_is_read(path: Path) -> None:
    [[answer]] = served_model.recognizer().recognize([[path.read_bytes()]])
    assert not isinstance(answer, ApiError)
    assert (str(answer["digit"]), answer["verdict"] != "not_a_digit") == (path.name[0], True)
