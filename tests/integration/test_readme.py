"""The documentation is true: the curl lines return what is shown; files, folders, links and targets exist."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.stack import ROOT, Stack

MAX_LINES = 160
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"^(curl .*)\n# (.*)$", README, re.MULTILINE)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("research/*.md"), ROOT / "k8s" / "README.md"])
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir())
# What a run of a command writes.
WRITTEN = {"model_store/digits.mar", "load-test/report.html", ".run/access.log", ".run/torchserve.log"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=[f"curl {number}" for number in range(len(EXAMPLES))])
def test_curl_line_returns_what_is_shown(stack: Stack, command: str, expected: str) -> None:
    command = command.replace("http://localhost:8000", stack.url)
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout


def test_every_route_of_the_table_has_a_curl_line() -> None:
    routes = set(re.findall(r"^\| `(?:GET|POST) (/\S+?)`", README, re.MULTILINE))
    assert len(routes) == 8
    for route in routes:
        assert any(f"http://localhost:8000{route}" in command for command, _ in EXAMPLES), route


def test_every_curl_line_is_executed() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^curl -", README, re.MULTILINE)) >= 8


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= MAX_LINES


def test_readme_links_every_page_of_the_documentation() -> None:
    for page in ROOT.glob("docs/*.md"):
        assert f"({name(page)})" in README, page


def test_each_yes_of_the_comparison_leads_to_its_test() -> None:
    table = (ROOT / "docs" / "other-servers.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    assert {len(row) for row in rows} == {8}
    ours = [row[1] for row in rows]
    assert all(cell == "no" or re.fullmatch(r"\[yes\]\(\.\./tests/\w+/test_\w+\.py\)", cell) for cell in ours)
    assert {cell for row in rows for cell in row[2:]} <= {"yes", "no", "code", "mesh", "?"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_and_folders_named_exist(page: Path) -> None:
    names = re.findall(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*)`", page.read_text("utf-8"))
    assert {file for file in names if not (ROOT / file).exists()} - WRITTEN == set()


def test_reader_learns_which_files_to_change() -> None:
    pages = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert len(set(re.findall(r"`(?:handler|web|train|tools|tests)/[\w./]*`", pages))) >= 15


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_modules_named_exist(page: Path) -> None:
    for module in re.findall(r"python3? -m ([a-z_.]+)", page.read_text("utf-8")):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module
