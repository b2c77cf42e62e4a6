"""The version: the same everywhere in this tree, and changed everywhere at once."""

import re
import shutil
from pathlib import Path

import pytest

import handler
from tools.release import CHANGELOG, PLACES, ROOT, check_version, disagreements, with_version

OLD, NEW = handler.__version__, "98.7.6"
DATE = "2030-01-02"
IMAGE = re.compile(r"\bdigits-(?:torchserve|web):(\d+\.\d+\.\d+)")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy the files that contain the version."""
    for name in (*PLACES, CHANGELOG):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    log = (tmp_path / CHANGELOG).read_text()
    (tmp_path / CHANGELOG).write_text(log.replace("## [Unreleased]\n", "## [Unreleased]\n\n- A change.\n", 1))
    return tmp_path


def write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text)


def test_every_place_has_the_version_of_the_package() -> None:
    assert disagreements(ROOT, handler.__version__) == []


def test_every_image_that_a_file_names_has_the_version_of_the_package() -> None:
    files = [ROOT / "compose.yaml", ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("k8s/**/*.*")]
    assert {version for file in files for version in IMAGE.findall(file.read_text())} == {handler.__version__}


def test_release_changes_every_place(tree: Path) -> None:
    write(with_version(tree, NEW, DATE))
    assert disagreements(tree, NEW) == []


def test_release_changes_nothing_but_the_version(tree: Path) -> None:
    before = {name: (tree / name).read_text() for name in PLACES}
    write(with_version(tree, NEW, DATE))
    for name, text in before.items():
        assert (tree / name).read_text().replace(NEW, OLD) == text, name


def test_release_gives_the_unreleased_changes_a_heading_with_the_date(tree: Path) -> None:
    write(with_version(tree, NEW, DATE))
    assert f"## [Unreleased]\n\n## [{NEW}] - {DATE}\n\n- A change.\n" in (tree / CHANGELOG).read_text()


def test_interrupted_release_is_finished_by_the_same_command(tree: Path) -> None:
    texts = with_version(tree, NEW, DATE)
    write(dict(list(texts.items())[:4]))
    write(with_version(tree, NEW, DATE))
    assert disagreements(tree, NEW) == []
    assert (tree / CHANGELOG).read_text() == texts[tree / CHANGELOG]


def test_definition_is_written_last(tree: Path) -> None:
    assert list(with_version(tree, NEW, DATE))[-1] == tree / "handler" / "__init__.py"


def test_file_without_its_place_stops_the_release(tree: Path) -> None:
    (tree / "compose.yaml").write_text("services: {}\n")
    with pytest.raises(SystemExit, match=r"compose\.yaml does not contain"):
        with_version(tree, NEW, DATE)


def test_release_without_changes_is_refused(tree: Path) -> None:
    (tree / CHANGELOG).write_text(f"## [Unreleased]\n\n## [{OLD}] - 2026-11-24\n\n- First.\n")
    with pytest.raises(SystemExit, match="nothing under"):
        with_version(tree, NEW, DATE)


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, places in PLACES.items() for place in places])
def test_place_with_another_version_is_found(tree: Path, name: str, place: str) -> None:
    text = (tree / name).read_text()
    (tree / name).write_text(text.replace(place.replace("@", OLD), place.replace("@", NEW), 1))
    assert [found for found in disagreements(tree, OLD) if found.startswith(f"{name}: {place.replace('@', OLD)}")]


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3-rc1", "01.2.3", "1.2.3\n"])
def test_text_that_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(SystemExit, match="is not a version"):
        check_version(version, "1.0.0")


@pytest.mark.parametrize("version", ["1.9.9", "1.10.0", "0.99.0"])
def test_older_and_equal_versions_are_refused(version: str) -> None:
    with pytest.raises(SystemExit, match="is not newer"):
        check_version(version, "1.10.0")


def test_versions_are_compared_as_numbers() -> None:
    check_version("1.10.0", "1.9.0")
