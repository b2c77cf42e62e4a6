"""A copy of the installed TorchServe, as it was released, with a jar of the few files that the patches read."""

import importlib.metadata
import shutil
import zipfile
from pathlib import Path

import ts

from torchserve.patches.apply import JAVA_PATCHES, NATIVE_LIBRARY, PROTOCOL, PROTOCOL_TAIL

SOURCE = Path(ts.__file__).parents[1]
JAR = Path("ts", "frontend", "model-server.jar")
RECORD = Path(f"torchserve-{importlib.metadata.version('torchserve')}.dist-info", "RECORD")


def copy_to(site_packages: Path) -> None:
    """Copy it to an empty folder."""
    shutil.copytree(SOURCE / "ts", site_packages / "ts", ignore=shutil.ignore_patterns("frontend", "__pycache__"))
    (site_packages / "ts" / "protocol" / "frames.py").unlink(missing_ok=True)
    restore_worker(site_packages)
    with zipfile.ZipFile(SOURCE / JAR) as jar:
        libraries = [name for name in jar.namelist() if name.startswith(NATIVE_LIBRARY)]
        members = {name: jar.read(name) for name in [*libraries, *(patch.path for patch in JAVA_PATCHES)]}
    write_jar(site_packages, members)
    (site_packages / RECORD).parent.mkdir()
    shutil.copyfile(SOURCE / RECORD, site_packages / RECORD)


def restore_worker(site_packages: Path) -> None:
    """Write the worker's code as it was released."""
    (site_packages / PROTOCOL).write_bytes((SOURCE / PROTOCOL).read_bytes().removesuffix(PROTOCOL_TAIL))


def write_jar(site_packages: Path, members: dict[str, bytes]) -> None:
    """Write a jar."""
    (site_packages / JAR).parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(site_packages / JAR, "w") as jar:
        for name, content in members.items():
            jar.writestr(name, content)
