"""The page is small, has nothing inline and loads nothing from elsewhere."""

import gzip
import re

from tools.stack import ROOT

PUBLIC = ROOT / "web" / "public"
MAX_BYTES = 45 * 1024
FILES = sorted(path for path in PUBLIC.rglob("*") if path.is_file() and path.name != "openapi.json")
# Only home screens and bookmarks load the images; the browser loads one of the two favicons.
TEXTS = [path for path in FILES if path.suffix not in (".png", ".ico")]
HTML = (PUBLIC / "index.html").read_text("utf-8")


def test_the_page_is_at_most_45_kilobytes_gzipped() -> None:
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in TEXTS)
    print(f"The page: {size / 1024:.1f} KB gzipped in {len(TEXTS)} files.")
    assert size <= MAX_BYTES


def test_nothing_is_inline() -> None:
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=|<style|javascript:", HTML)
    assert set(re.findall(r"<script[^>]*>(.*?)</script>", HTML, re.S)) == {""}


def test_no_file_names_another_origin() -> None:
    for path in TEXTS:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"(?m)^\s*//.*$|\s// .*$", "", text), path.name


def test_every_script_and_stylesheet_is_loaded_up_front() -> None:
    for folder, link in (
        ("styles", 'rel="stylesheet" href="/styles/{}"'),
        ("scripts", 'rel="modulepreload" href="/scripts/{}"'),
    ):
        for path in (PUBLIC / folder).iterdir():
            assert path.name in ("start.js", "main.js") or link.format(path.name) in HTML, path.name


def test_the_scripts_are_short() -> None:
    for path in (PUBLIC / "scripts").iterdir():
        assert len(path.read_text("utf-8").splitlines()) < 200, path.name
