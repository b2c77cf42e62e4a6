"""The lock files in requirements/ match the requirements that they are compiled from."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.stack import ROOT

FOLDER = ROOT / "requirements"
LOCKS = ["constraints", "benchmark", "clients", "manifests", "mlserver"]
PYTHONS = ["3.11.2", "3.12.3", "3.13.5", "3.14.7"]  # of Debian 12, Ubuntu 24.04, Debian 13 and its testing release


def sources_of(lock: str) -> list[Path]:
    """Return the files that `make lock` compiles to a lock file."""
    separate = [name for name in LOCKS if name != "constraints"]
    return [
        path for path in sorted(FOLDER.glob("*.in")) if (path.stem if path.stem in separate else "constraints") == lock
    ]


def requirements_in(text: str) -> list[Requirement]:
    lines = [re.split(r"\s+#", line)[0] for line in text.splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_one_version_of_each_requirement_and_it_fits(lock: str, python: str) -> None:
    environment = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    locked = [
        requirement
        for requirement in requirements_in((FOLDER / f"{lock}.txt").read_text())
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]
    versions = {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in locked}
    assert len(versions) == len(locked)
    assert all(re.fullmatch(r"==[\w.]+", version) for version in versions.values())
    for source in sources_of(lock):
        for requirement in requirements_in(source.read_text()):
            if requirement.marker is not None and not requirement.marker.evaluate(environment):
                continue
            version = versions[canonicalize_name(requirement.name)].removeprefix("==")
            assert requirement.specifier.contains(version), f"{requirement} in {source.name}: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_the_requirements_that_it_was_compiled_from(lock: str) -> None:
    lines = (FOLDER / f"{lock}.txt").read_text().splitlines()
    for source in sources_of(lock):
        required = {canonicalize_name(requirement.name) for requirement in requirements_in(source.read_text())}
        origin = re.compile(rf"-r requirements/{re.escape(source.name)}(,|$)")
        assert {line.partition("==")[0] for line in lines if origin.search(line)} == required, "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_no_address_and_no_option(lock: str) -> None:
    text = (FOLDER / f"{lock}.txt").read_text()
    assert "://" not in text
    assert re.search(r"^\s*-", text, re.MULTILINE) is None
