"""`make sbom`: what the Python environment and both images are made of, as CycloneDX, in `sbom/`.

Of the Java libraries in TorchServe's jar, only Netty's say which version they are.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import handler
from tools.docker import ROOT, TORCHSERVE, WEB, docker

FOLDER = ROOT / "sbom"
PYTHON = "/opt/venv/bin/python"
DISTRIBUTIONS = (
    "import importlib.metadata; "
    "print(*(f'{found.name} {found.version}' for found in importlib.metadata.distributions()), sep='\\n')"
)
NETTY = (
    "import pathlib, ts, zipfile; "
    "jar = zipfile.ZipFile(pathlib.Path(ts.__file__).parent / 'frontend' / 'model-server.jar'); "
    "print(jar.read('META-INF/io.netty.versions.properties').decode())"
)


def library(kind: str, name: str, version: str, namespace: str | None = None, **qualifiers: str) -> Component:
    """Return a component by the parts of its package URL (https://github.com/package-url/purl-spec)."""
    purl = PackageURL(kind, namespace, name, version, qualifiers)
    return Component(type=ComponentType.LIBRARY, name=name, version=version, purl=purl, bom_ref=str(purl))


def python_packages(lines: str) -> Iterator[Component]:
    """Yield the packages of lines with name and version; names are spelled as the index does."""
    for name, version in {tuple(line.split()) for line in lines.splitlines()}:
        yield library("pypi", re.sub(r"[-_.]+", "-", name).lower(), version)


def debian_packages(lines: str, release: dict[str, str]) -> Iterator[Component]:
    """Yield the packages of lines with name, version and architecture, of a release as /etc/os-release describes it."""
    distribution = f"{release['ID']}-{release.get('VERSION_ID', release.get('VERSION_CODENAME', 'testing'))}"
    for line in lines.splitlines():
        name, version, architecture = line.split()
        yield library("deb", name, version, release["ID"], arch=architecture, distro=distribution)


def netty_libraries(properties: str) -> Iterator[Component]:
    """Yield the libraries of which Netty's file of versions has a line."""
    for name, version in set(re.findall(r"^(netty-[\w-]+)\.version=(\S+)$", properties, re.MULTILINE)):
        yield library("maven", name, version, "io.netty")


def bill(image: str, components: Iterable[Component]) -> str:
    """Return the bill of an image, `name:version`, in JSON."""
    name, _, version = image.partition(":")
    bom = Bom(components=components)
    bom.metadata.component = Component(type=ComponentType.CONTAINER, name=name, version=version, bom_ref=image)
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def components_of(image: str) -> Iterator[Component]:
    """Yield what an image holds."""

    def run(program: str, *arguments: str) -> str:
        return docker("run", "--rm", "--entrypoint", program, image, *arguments)

    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', run("cat", "/etc/os-release"), re.MULTILINE))
    packages = run("dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}\\n")
    yield from debian_packages(packages, release)
    if image == TORCHSERVE:
        yield from python_packages(run(PYTHON, "-c", DISTRIBUTIONS))
        yield from netty_libraries(run(PYTHON, "-c", NETTY))
        yield Component(type=ComponentType.MACHINE_LEARNING_MODEL, name="digits", version=handler.__version__)


def main() -> None:
    """Write the bills."""
    FOLDER.mkdir(exist_ok=True)
    environment = FOLDER / "environment.cdx.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    subprocess.run([program, "environment", "--output-file", environment, sys.executable], check=True)
    for image in (TORCHSERVE, WEB):
        (FOLDER / f"{image.split(':')[0]}.cdx.json").write_text(bill(image, components_of(image)), encoding="utf-8")
    for path in sorted(FOLDER.glob("*.cdx.json")):
        print(f"{path.relative_to(ROOT)}: {len(json.loads(path.read_text())['components'])} components")


if __name__ == "__main__":
    main()
