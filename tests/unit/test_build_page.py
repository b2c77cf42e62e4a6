"""web/build-page joins the modules of the page, and refuses what would make a broken page."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.stack import ROOT


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Return a copy of the page's source and of what builds it."""
    return Path(shutil.copytree(ROOT / "web", tmp_path / "web"))


def build(web: Path) -> "subprocess.CompletedProcess[str]":
    """Build the page into the folder above `web`."""
    return subprocess.run([web / "build-page", web.parent], capture_output=True, text=True, check=False)


def test_page_is_built_from_a_path_with_any_characters(tmp_path: Path) -> None:
    web = Path(shutil.copytree(ROOT / "web", tmp_path / "Ü 1; $HOME=100%" / "web"))
    assert build(web).stderr == ""
    assert (web.parent / "public" / "page.js").read_text("utf-8").count("\nimport ") == 0


def test_files_of_the_page_before_are_removed(web: Path) -> None:
    (web / "public" / "old.txt").touch()
    assert build(web).returncode == 0
    (web / "public" / "old.txt").unlink()
    assert build(web).returncode == 0
    source, built = ({path.name for path in folder.iterdir()} for folder in (web / "public", web.parent / "public"))
    assert built == {*source, "page.css", "page.js"} - {"scripts", "styles"}


def test_built_files_belong_to_the_owner_of_the_folder(web: Path) -> None:
    if os.geteuid() == 0:
        os.chown(web.parent, 12345, 12345)
    assert build(web).returncode == 0
    built = [web.parent / "public", *(web.parent / "public").rglob("*")]
    assert {path.stat().st_uid for path in built} == {web.parent.stat().st_uid}


BROKEN = {
    "const percent = 1;\n": "scripts/chart.js:{line}: percent is also declared in readings.js",
    "export async function percent() {}\n": "percent is also declared in readings.js",
    "class percent {}\n": "percent is also declared in readings.js",
    "const { a, b } = window;\n": "declare one name at a time at the top level",
    'import { percent as share } from "./curves.js";\n': "write the import as",
    'import {\n  toCurves,\n} from "./curves.js";\n': "write the import as",
    'import "./curves.js";\n': "write the import as",
    'import { Answer } from "./answer.js";\n': "list answer.js before chart.js in web/build-page",
    'import { Pencil } from "./pencil.js";\n': "list pencil.js before chart.js in web/build-page",
    "export { a };\n": "export a function, a class or a const",
    "export default 1;\n": "export a function, a class or a const",
}


@pytest.mark.parametrize("addition", BROKEN)
def test_module_that_cannot_be_joined_is_refused_and_the_page_before_stays(web: Path, addition: str) -> None:
    assert build(web).returncode == 0
    before = (web.parent / "public" / "page.js").read_bytes()
    module = web / "public" / "scripts" / "chart.js"
    text = module.read_text("utf-8")
    module.write_text(text + addition, "utf-8")
    result = build(web)
    assert result.returncode == 1
    assert BROKEN[addition].format(line=len(text.splitlines()) + 1) in result.stderr
    assert (web.parent / "public" / "page.js").read_bytes() == before


@pytest.mark.parametrize("name", ["scripts/pencil.js", "styles/pencil.css", "scripts/notes.txt"])
def test_file_that_is_not_in_the_list_is_refused(web: Path, name: str) -> None:
    (web / "public" / name).touch()
    assert f"{name} is not in the list in web/build-page" in build(web).stderr


@pytest.mark.parametrize("name", ["scripts/pen.js", "styles/chart.css"])
def test_listed_file_that_does_not_exist_is_refused(web: Path, name: str) -> None:
    (web / "public" / name).unlink()
    assert f"{name} does not exist, but web/build-page lists it" in build(web).stderr
