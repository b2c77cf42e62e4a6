"""The page is small, has nothing inline and loads nothing from elsewhere."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import OpenPage
from tools.stack import ROOT

MAX_BYTES = 45 * 1024
MAX_REQUESTS = 6
PUBLIC = ROOT / "web" / "public"
HTML = (PUBLIC / "index.html").read_text("utf-8")
# Only home screens and bookmarks load the PNG, and browsers load one of the two favicons.
LOADED = ["index.html", *re.findall(r'(?:src|href)="/([^"]+\.(?!png|ico)\w+)"', HTML.partition("</head>")[0])]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the page as nginx serves it."""
    folder = tmp_path_factory.mktemp("page")
    subprocess.run([ROOT / "web" / "build-page", folder], check=True)
    return folder / "public"


def test_the_page_is_at_most_45_kilobytes_gzipped_in_six_files(built: Path) -> None:
    size = sum(len(gzip.compress((built / name).read_bytes(), 6)) for name in LOADED)
    print(f"The page: {size / 1024:.1f} KB gzipped in {len(LOADED)} files.")
    assert {"page.js", "page.css", "start.js"} < set(LOADED)
    assert len(LOADED) <= MAX_REQUESTS
    assert size <= MAX_BYTES


def test_the_page_loads_no_other_file(open_page: OpenPage) -> None:
    requested: list[str] = []
    open_page(before=lambda page: page.on("request", lambda request: requested.append(request.url)))
    names = {url.split("/", 3)[3] or "index.html" for url in requested}
    assert {"index.html", "page.js", "page.css", "start.js"} <= names <= set(LOADED)
    assert len(names) == len(requested)


def test_no_name_at_the_top_level_hides_one_of_the_browser(browser: Browser, built: Path) -> None:
    """In a module that does not import it, such a name would mean the browser's own."""
    declared = re.findall(
        r"(?m)^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", (built / "page.js").read_text()
    )
    assert {"TIMEOUT_MS", "drawing", "Answer", "recognizeDigit", "update"} <= set(declared)
    page = browser.new_page()
    assert page.evaluate("(names) => names.filter((name) => name in window)", declared) == []
    page.close()


def test_nothing_is_inline() -> None:
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=|<style|javascript:", HTML)
    assert set(re.findall(r"<script[^>]*>(.*?)</script>", HTML, re.S)) == {""}


def test_no_file_names_another_origin() -> None:
    for path in PUBLIC.rglob("*"):
        if path.suffix not in (".css", ".html", ".js", ".svg", ".webmanifest"):
            continue
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"(?m)^\s*//.*$|\s// .*$", "", text), path.name


def test_the_scripts_are_short() -> None:
    for path in PUBLIC.rglob("*.js"):
        assert len(path.read_text("utf-8").splitlines()) < 200, path.name
