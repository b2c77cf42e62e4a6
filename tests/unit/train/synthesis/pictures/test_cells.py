import numpy as np

from tests.unit.train.synthesis.pictures.written import gray, seven
from train.synthesis.pictures import cells


def borders(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[float]:
    """Return the median brightness of the left, top, right and bottom side."""
    return [float(np.median(side)) for side in (pixels[:, 0], pixels[0], pixels[:, -1], pixels[-1])]


def test_scan_is_bright_at_every_side() -> None:
    for seed in range(10):
        assert min(borders(gray(cells.scan(seven(), np.random.default_rng(seed))))) > 170


def test_scan_with_dark_edge_has_one_at_one_side_or_two_that_meet() -> None:
    found = set()
    for seed in range(40):
        pixels = gray(cells.scan_with_dark_edge(seven(), np.random.default_rng(seed)))
        dark = tuple(level < 130 for level in borders(pixels))
        assert dark not in {(True, False, True, False), (False, True, False, True)}
        found.add(sum(dark))
        assert np.median(pixels) > 170
    assert found == {1, 2}


def test_form_box_has_lines_near_its_sides_and_a_digit_inside() -> None:
    lined = 0
    for seed in range(20):
        pixels = gray(cells.form_box(seven(), np.random.default_rng(seed)))
        near = pixels[:, : pixels.shape[1] // 6].min(axis=1)
        lined += np.mean(near < np.median(pixels) - 20) > 0.8
        middle = pixels[pixels.shape[0] // 5 : -pixels.shape[0] // 5, pixels.shape[1] // 5 : -pixels.shape[1] // 5]
        assert middle.min() < np.median(pixels) - 30
    assert lined >= 16


def test_grid_cell_has_lines_along_some_sides_and_is_small() -> None:
    lined = []
    for seed in range(20):
        pixels = gray(cells.grid_cell(seven(), np.random.default_rng(seed)))
        assert 80 <= min(pixels.shape) <= max(pixels.shape) < 200
        width = pixels.shape[1] // 6
        sides = (pixels[:, :width], pixels[:, -width:], pixels[:width].T, pixels[-width:].T)
        lined.append(sum(bool(np.mean(side.min(axis=1) < np.median(pixels) - 30) > 0.8) for side in sides))
    assert np.mean(lined) > 2
