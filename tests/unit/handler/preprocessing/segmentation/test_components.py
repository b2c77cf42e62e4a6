import numpy as np

from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import MAX_COMPONENTS, components_of, find_components, pixels_of


def test_ink_that_touches_at_a_corner_is_one_component() -> None:
    mask = np.zeros((10, 10), np.uint8)
    mask[2:4, 2:5] = mask[4:8, 5] = 1
    labels, [component] = components_of(mask)
    assert component.box == Box(2, 2, 4, 6)
    assert component.area == mask.sum()
    np.testing.assert_array_equal(labels == component.label, mask > 0)


def test_largest_component_comes_first_by_its_area_and_not_its_box() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[0, 0:30] = 1
    mask[10:16, 10:16] = 1
    mask[30:32, 30:32] = 1
    assert [component.area for component in components_of(mask)[1]] == [36, 30, 4]


def test_empty_mask_has_no_components() -> None:
    labels, components = components_of(np.zeros((5, 7), np.uint8))
    assert components == []
    assert not labels.any()


def test_only_the_largest_of_many_components_are_kept() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[::3, ::3] = 1
    mask[90:95, 90:95] = 1
    _, components = components_of(mask)
    assert len(components) == MAX_COMPONENTS
    assert components[0].area >= 25


def test_faint_ink_joins_no_components() -> None:
    ink = np.zeros((10, 20), np.uint8)
    ink[2:8, 2:6] = ink[2:8, 14:18] = 200
    ink[4, 6:14] = 20
    assert len(find_components(ink)[1]) == 2
    ink[4, 6:14] = 40
    assert len(find_components(ink)[1]) == 1


def test_weak_ink_is_found_where_there_is_no_stronger() -> None:
    ink = np.zeros((10, 20), np.uint8)
    ink[2:8, 2:6] = 9
    assert [component.area for component in find_components(ink)[1]] == [24]


def test_pixels_are_those_of_the_given_components_only() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[1:9, 1:9] = mask[12:16, 12:16] = mask[18, 18] = 1
    labels, [_, middle, speck] = components_of(mask)
    expected = mask.copy()
    expected[1:9, 1:9] = 0
    np.testing.assert_array_equal(pixels_of(labels, [middle, speck]), expected)
    assert not pixels_of(labels, []).any()
