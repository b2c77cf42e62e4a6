"""The icons show the drawing of favicon.svg. `ICONS=1 make test` renews them from it."""

import io
import json
import os
from pathlib import Path

import pytest
import requests
from PIL import Image, ImageChops, ImageStat
from PIL.IcoImagePlugin import IcoImageFile
from playwright.sync_api import Browser

from tests.browser.digit_page import DigitPage
from tools.stack import ROOT, Stack

PUBLIC = ROOT / "web" / "public"
SVG = (PUBLIC / "favicon.svg").read_text("utf-8")
ICO_SIZES = (16, 32, 48)
# Systems cut their own corners from these.
SQUARES = {"apple-touch-icon.png": 180, "icons/192.png": 192, "icons/512.png": 512}
MEAN_DIFFERENCE = 3  # of 255; what another version of Chromium may draw differently


def rendered(browser: Browser, svg: str, side: int) -> Image.Image:
    """Return the SVG as Chromium draws it."""
    with browser.new_context(viewport={"width": side, "height": side}) as context:
        page = context.new_page()
        page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
        image = Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")
    assert image.size == (side, side)
    return image


def square(svg: str) -> str:
    return svg.replace(' rx="7"', "")


def differ(icon: Image.Image, expected: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(icon.convert("RGBA"), expected)).mean)


@pytest.mark.parametrize("name", SQUARES)
def test_an_icon_is_the_square_favicon_in_its_size(browser: Browser, name: str) -> None:
    expected = rendered(browser, square(SVG), SQUARES[name])
    if os.environ.get("ICONS"):
        (PUBLIC / name).parent.mkdir(exist_ok=True)
        expected.convert("RGB").quantize(64).save(PUBLIC / name, optimize=True)
    with Image.open(PUBLIC / name) as icon:
        assert differ(icon, expected) < MEAN_DIFFERENCE


def test_the_ico_file_has_the_favicon_in_three_sizes(browser: Browser) -> None:
    expected = [rendered(browser, SVG, side) for side in ICO_SIZES]
    path = PUBLIC / "favicon.ico"
    if os.environ.get("ICONS"):
        expected[-1].save(path, sizes=[image.size for image in expected], append_images=expected[:-1])
    with IcoImageFile(path) as icon:
        assert icon.info["sizes"] == {image.size for image in expected}
        assert all(differ(icon.ico.getimage(image.size), image) < MEAN_DIFFERENCE for image in expected)


def test_the_manifest_makes_the_page_installable(digit_page: DigitPage) -> None:
    session = digit_page.page.context.new_cdp_session(digit_page.page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest")
    assert manifest["errors"] == []
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {problem["errorId"] for problem in problems} <= {"in-incognito"}


def test_each_icon_of_the_manifest_has_the_size_that_it_declares() -> None:
    icons = json.loads((PUBLIC / "manifest.webmanifest").read_text("utf-8"))["icons"]
    for icon in icons:
        if icon["type"] == "image/png":
            with Image.open(PUBLIC / Path(icon["src"]).relative_to("/")) as image:
                assert icon["sizes"] == f"{image.width}x{image.height}"


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/favicon.ico", "image/x-icon"),
        ("/favicon.svg", "image/svg+xml"),
        ("/apple-touch-icon.png", "image/png"),
        ("/icons/192.png", "image/png"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
def test_icons_and_manifest_are_served_with_type_and_revalidated(stack: Stack, path: str, type_: str) -> None:
    response = requests.get(stack.url + path, timeout=10)
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == type_
    assert response.headers["Cache-Control"] == "no-cache"
    repeated = requests.get(stack.url + path, headers={"If-None-Match": response.headers["ETag"]}, timeout=10)
    assert repeated.status_code == 304
