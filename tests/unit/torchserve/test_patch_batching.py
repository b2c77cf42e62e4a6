import subprocess
import sys
import zipfile
from pathlib import Path

import ts

from tools.stack import ROOT

SCRIPT = ROOT / "torchserve" / "patch_batching.py"
JAR = Path(ts.__file__).parent / "frontend" / "model-server.jar"
CLASS = "org/pytorch/serve/wlm/Model.class"


def patch(jar: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, SCRIPT, jar, folder], capture_output=True, text=True, check=True)


def test_one_instruction_of_the_installed_torchserve_is_changed(tmp_path: Path) -> None:
    result = patch(JAR, tmp_path / "classes")
    assert (result.stdout.strip(), result.stderr) == (str(tmp_path / "classes"), "")
    with zipfile.ZipFile(JAR) as archive:
        original = archive.read(CLASS)
    patched = (tmp_path / "classes" / CLASS).read_bytes()
    assert len(patched) == len(original)
    assert [(a, b) for a, b in zip(original, patched, strict=True) if a != b] == [(0x16, 0x09), (0x06, 0x00)]


def test_class_that_is_not_known_is_left_alone_with_a_warning(tmp_path: Path) -> None:
    jar = tmp_path / "other.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr(CLASS, b"another version's")
    result = patch(jar, tmp_path / "classes")
    assert result.stdout == ""
    assert "not TorchServe 0.12.0's" in result.stderr
    assert not (tmp_path / "classes").exists()
