"""README is true: its curl lines answer as written, its files and targets exist."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.stack import ROOT, Stack

README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"^(curl .*)\n# (.*)$", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=[f"curl {number}" for number in range(len(EXAMPLES))])
def test_curl_line_answers_as_written(stack: Stack, command: str, expected: str) -> None:
    command = command.replace("http://localhost:8000", stack.url)
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout


def test_every_route_of_the_table_has_a_curl_line() -> None:
    routes = set(re.findall(r"^\| `(?:GET|POST) (/\S+?)`", README, re.MULTILINE))
    assert len(routes) == 6
    for route in routes:
        assert any(f"http://localhost:8000{route}" in command for command, _ in EXAMPLES), route


def test_every_curl_line_is_checked() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^curl -", README, re.MULTILINE)) >= 8


def test_files_and_folders_named_in_tables_and_links_exist() -> None:
    linked = re.findall(r"\]\(([^)h][^)]*)\)", README)
    named = [
        name
        for row in re.findall(r"^\|.*\|$", README, re.MULTILINE)
        for name in re.findall(r"`(?!application/|image/)([\w.]+/[\w./]*)`", row)
    ]
    assert len(linked) >= 4
    assert len(named) >= 15
    for name in {*linked, *named} - {"requirements/NAME.txt"}:
        assert (ROOT / name).exists(), name


def test_make_targets_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z-]+)", Path(ROOT / document).read_text()))
        assert named
        assert named - targets == set(), document
