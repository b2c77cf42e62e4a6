"""web/callers writes the maps of API keys and origins, or says what is wrong with them."""

import hashlib
import os
import secrets
import subprocess
from pathlib import Path

import pytest

from tools.run.settings import ROOT

KEY, SECOND = secrets.token_hex(32), secrets.token_hex(32)
ORIGIN = "https://app.example.com"


def line(key: str, name: str, *rest: str) -> str:
    return " ".join([hashlib.sha256(key.encode()).hexdigest(), name, *rest])


BAD_FILES = {
    "nothing": ("", "has no caller"),
    "comments": ("# nobody\n\n", "has no caller"),
    "key": (f"{KEY} \n", "line 1 is not a caller"),
    "plain key": (f"{line(SECOND, 'a')}\nscanner {KEY}x\n", "line 2 is not a caller"),
    "name": (line(KEY, "a b"), "line 1 is not a caller"),
    "injected": (line(KEY, 'a;}error_log"'), "line 1 is not a caller"),
    "state": (line(KEY, "a", "on"), "line 1 is not a caller"),
    "twice": (f"{line(KEY, 'a')}\n{line(KEY, 'b')}\n", "line 2 has the key of an earlier line"),
}


def callers(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    command = [ROOT / "web" / "callers", folder]
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_keys_file_is_refused_with_a_sentence_that_has_no_key(tmp_path: Path, name: str) -> None:
    text, reason = BAD_FILES[name]
    file = tmp_path / "api-keys"
    file.write_text(text)
    result = callers(tmp_path, API_KEYS=str(file))
    assert result.returncode == 1
    assert reason in result.stderr
    assert result.stderr.startswith(f"API_KEYS={file}")
    assert result.stderr.endswith(".\n")
    assert KEY not in result.stderr
    assert not (tmp_path / "callers.conf").exists()


@pytest.mark.parametrize("origin", ["*", "app.example.com", f"{ORIGIN}/", "https://a.example;", 'https://a"b', "null"])
def test_what_is_not_an_origin_is_refused_with_a_sentence(tmp_path: Path, origin: str) -> None:
    result = callers(tmp_path, CORS_ORIGINS=f"{ORIGIN} {origin}")
    assert result.returncode == 1
    assert result.stderr.startswith(f"CORS_ORIGINS: {origin} is not an origin.")
