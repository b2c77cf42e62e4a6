"""The programs in docs/api.md run as they stand there, and print what their comments show."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.stack import ROOT, Stack

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "api.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
PROGRAMS = [(language, text) for language, text in BLOCKS if language != "html"]
FILES = {"bash": "example.sh", "python": "example.py", "js": "example.mjs", "java": "Example.java"}
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"  # where tritonclient is
# Of a line that prints, or after it: what is printed.
SHOWN = re.compile(r"^.*?(?:print|log|println)\(.*\);? *(?:#|//) (.+)$|^# (.+)$", re.MULTILINE)


def interpreter(language: str, text: str) -> str:
    """Return the program that runs an example, or skip with the reason."""
    if "tritonclient" in text:
        if not CLIENTS.exists():
            pytest.skip("The client libraries are not installed: make .venv-clients/.installed")
        return str(CLIENTS)
    programs = {"bash": "bash", "python": sys.executable, "js": "node", "java": "java"}
    found = shutil.which(programs[language])
    if found is None or (language == "java" and shutil.which("javac") is None):
        pytest.skip(f"There is no {language}: tools/install node javac")
    return found


@pytest.mark.parametrize(
    ("language", "text"), PROGRAMS, ids=[f"{n}-{language}" for n, (language, _) in enumerate(PROGRAMS)]
)
def test_example_prints_what_it_shows(stack: Stack, tmp_path: Path, language: str, text: str) -> None:
    expected = [one or other for one, other in SHOWN.findall(text)]
    assert expected
    program = tmp_path / FILES[language]
    program.write_text(text.replace("http://localhost:8000", stack.url).replace("localhost:8000", stack.url[7:]))
    command = [interpreter(language, text), str(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    pattern = "\\s*".join(".*".join(re.escape(part) for part in line.split("…")) for line in expected)
    assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout


def test_every_language_has_each_kind_of_call() -> None:
    examples = (ROOT / "docs" / "api.md").read_text("utf-8").partition("## Examples")[2]
    languages = re.findall(r"^```(\w+)\n(.*?)^```$", examples, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in languages] == ["bash", "python", "js", "java", "html"]
    for language, text in languages[:-1]:
        for path in ("/predictions/digits", "/predictions/numbers", ":predict", ":explain"):
            assert path in text, (language, path)
