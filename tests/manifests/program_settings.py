"""What the images, their entrypoints and compose.yaml say about ports, folders, users and limits."""

import functools
import re
import tempfile
from pathlib import Path

import yaml

from tests.manifests.rendering import ROOT
from tests.manifests.web_container import ENTRYPOINT, rendered
from tests.nginx_configuration import Directive

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
MODEL_CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())


def default(variable: str) -> str:
    """Return the value of a variable that is not set, in the web container's entrypoint."""
    [found] = set(re.findall(rf"\$\{{{variable}:-([^}}]*)\}}", ENTRYPOINT.read_text()))
    return str(found)


@functools.cache
def main() -> Directive:
    """Return nginx's configuration as the web container's entrypoint renders it without any setting."""
    with tempfile.TemporaryDirectory() as folder:
        return rendered(Path(folder))


def nginx() -> Directive:
    """Return its http block."""
    return main().one("http")


def location(*arguments: str) -> Directive:
    """Return the location with these arguments, in whichever server it is."""
    [found] = [item for item in nginx().walk() if item.name == "location" and item.arguments == arguments]
    return found


@functools.cache
def instructions(stage: str) -> list[tuple[str, str]]:
    """Return the instructions of a stage of the Dockerfile, each with its arguments on one line."""
    found: list[tuple[str, str]] = []
    name = ""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        instruction, _, arguments = line.strip().partition(" ")
        if instruction == "FROM":
            name = arguments.split()[-1]
        elif instruction and name == stage:
            found.append((instruction, arguments.strip()))
    return found


def instruction(stage: str, name: str) -> str:
    """Return the arguments of the last instruction of this name in a stage, which is the one that holds."""
    *_, arguments = [arguments for instruction, arguments in instructions(stage) if instruction == name]
    return arguments
