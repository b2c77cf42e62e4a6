from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from handler.preprocessing import Pixels
from handler.preprocessing.decoding import decode, is_lossy, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.normalization import normalize
from tests import drawings

Color = tuple[int, int, int]

BLACK, WHITE, YELLOW, PALE, NAVY = (0, 0, 0), (255, 255, 255), (255, 255, 0), (240, 236, 225), (0, 0, 90)
COVERAGE = drawings.drawing(drawings.SEVEN, ink=255, paper=0).reduce(2)
SIZE = COVERAGE.size
REFERENCE = normalize(np.asarray(COVERAGE))

ENCODINGS: dict[str, tuple[str, dict[str, object]]] = {
    "PNG": ("PNG", {}),
    "GIF": ("GIF", {}),
    "WebP": ("WEBP", {}),
    "lossless WebP": ("WEBP", {"lossless": True}),
}


def layer(color: Color, coverage: Image.Image, opacity: float = 1) -> Image.Image:
    """Return a layer of one color; the color is there where it is transparent as well."""
    image = Image.new("RGBA", SIZE, color)
    image.putalpha(coverage.point(lambda alpha: round(alpha * opacity)))
    return image


def stacked(*layers: Image.Image) -> Image.Image:
    image = Image.new("RGBA", SIZE)
    for above in layers:
        image = Image.alpha_composite(image, above)
    return image


def outline(color: Color, width: int) -> Image.Image:
    return layer(color, COVERAGE.filter(ImageFilter.MaxFilter(2 * width + 1)))


def shadow(color: Color, opacity: float, offset: int) -> Image.Image:
    moved = Image.new("L", SIZE)
    moved.paste(COVERAGE, (offset, offset))
    return layer(color, moved.filter(ImageFilter.GaussianBlur(3)), opacity)


def rounded(paper: Color, ink: Color) -> Image.Image:
    image = stacked(layer(paper, Image.new("L", SIZE, 255)), layer(ink, COVERAGE))
    corners = Image.new("L", SIZE)
    ImageDraw.Draw(corners).rounded_rectangle((8, 8, SIZE[0] - 9, SIZE[1] - 9), 20, fill=255)
    image.putalpha(corners)
    return image


def picture(image: Image.Image, encoding: str = "PNG") -> Pixels:
    format_, options = ENCODINGS[encoding]
    opened = open_image(drawings.encoded(image, format_, **options))
    return normalize(find_ink(decode(opened), lossy=is_lossy(opened)).levels)


def difference(found: Pixels) -> int:
    return int(np.abs(found.astype(int) - REFERENCE).max())


@pytest.mark.parametrize("ink", [BLACK, WHITE, YELLOW, PALE, NAVY])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_ink_of_any_color_on_transparency_is_read(encoding: str, ink: Color) -> None:
    image = layer(ink, COVERAGE)
    if encoding == "GIF":  # whose pixels are transparent or not
        image = layer(ink, COVERAGE.point(lambda alpha: 255 if alpha > 127 else 0))
    assert difference(picture(image, encoding)) <= {"WebP": 12, "GIF": 60}.get(encoding, 2)


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3), st.floats(0.2, 1))
def test_neither_color_nor_opacity_of_ink_nor_what_is_under_the_transparency_matter(
    ink: Color, hidden: Color, opacity: float
) -> None:
    image = layer(ink, COVERAGE, opacity)
    pixels = np.array(image)
    pixels[pixels[..., 3] == 0] = (*hidden, 0)
    assert difference(picture(Image.fromarray(pixels))) <= 4


@pytest.mark.parametrize(("ink", "cast"), [(WHITE, BLACK), (BLACK, WHITE), (PALE, NAVY), (WHITE, (60, 60, 60))])
@pytest.mark.parametrize("opacity", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("offset", [0, 3])
def test_shadow_or_glow_is_not_read_in_place_of_the_ink(ink: Color, cast: Color, opacity: float, offset: int) -> None:
    found = picture(stacked(shadow(cast, opacity, offset), layer(ink, COVERAGE)))
    assert np.abs(found.astype(int) - REFERENCE).mean() < 8


@pytest.mark.parametrize(
    ("ink", "around"), [(WHITE, BLACK), (BLACK, WHITE), (YELLOW, BLACK), ((200, 0, 0), WHITE), (WHITE, (0, 0, 200))]
)
@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize("encoding", ["PNG", "lossless WebP"])
def test_ink_is_read_inside_its_outline(encoding: str, width: int, ink: Color, around: Color) -> None:
    assert difference(picture(stacked(outline(around, width), layer(ink, COVERAGE)), encoding)) <= 2


@pytest.mark.parametrize(
    ("paper", "ink"), [(WHITE, BLACK), (BLACK, WHITE), (NAVY, WHITE), ((128, 128, 128), BLACK), (YELLOW, NAVY)]
)
def test_ink_on_paper_with_transparent_corners_is_read(paper: Color, ink: Color) -> None:
    assert difference(picture(rounded(paper, ink))) <= 4


@pytest.mark.parametrize(("paper", "ink"), [(WHITE, BLACK), ((30, 30, 30), WHITE)])
def test_soft_shadow_around_paper_is_not_ink(paper: Color, ink: Color) -> None:
    window = rounded(paper, ink)
    cast = layer(BLACK, window.getchannel("A").filter(ImageFilter.GaussianBlur(4)), 0.5)
    assert difference(picture(stacked(cast, window))) <= 4


@pytest.mark.parametrize("share", [0.05, 0.4, 0.6, 0.95])
def test_ink_of_two_colors_is_all_ink(share: float) -> None:
    pixels = np.array(layer((220, 0, 0), COVERAGE))
    pixels[int(share * len(pixels)) :, :, :3] = (0, 0, 220)
    assert np.abs(picture(Image.fromarray(pixels)).astype(int) - REFERENCE).mean() < 3


@pytest.mark.parametrize("texture", [20, 40])
@pytest.mark.parametrize("ink", [60, 120, 235])
def test_texture_of_ink_is_not_an_outline(ink: int, texture: int) -> None:
    pixels = np.array(layer(BLACK, COVERAGE))
    noise = np.random.default_rng(0).normal(ink, texture, pixels.shape[:2])
    pixels[..., :3] = noise.clip(0, 255).astype(np.uint8)[..., None]
    assert np.abs(picture(Image.fromarray(pixels)).astype(int) - REFERENCE).mean() < 8


def _hidden_everywhere() -> Image.Image:
    return layer(NAVY, Image.new("L", SIZE))


def _one_visible_pixel() -> Image.Image:
    image = _hidden_everywhere()
    image.putpixel((3, 3), (255, 255, 255, 1))
    return image


@pytest.mark.parametrize("image", [_hidden_everywhere, _one_visible_pixel])
def test_image_of_which_nothing_shows_is_plain(image: Callable[[], Image.Image]) -> None:
    assert np.ptp(decode(open_image(drawings.encoded(image())))) <= 1
