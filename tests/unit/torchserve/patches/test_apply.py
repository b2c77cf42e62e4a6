import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.unit.torchserve.installed_torchserve import JAR, RECORD, copy_to, restore_worker, write_jar
from torchserve.patches import batching, connections, grpc, memory
from torchserve.patches.apply import JAVA_PATCHES, PROTOCOL, VERSIONED, apply
from torchserve.patches.java_class import JavaPatch

PATCHES = Path("ts", "frontend", "patches")
# torch is slow to import, and reading does not need it.
SHOW_READER = """
sys.modules["torch"] = sys
import ts.protocol.otf_message_handler as protocol
print(protocol._retrieve_buffer.__module__, protocol._retrieve_request.__module__)
"""


@pytest.fixture
def site_packages(tmp_path: Path) -> Path:
    """Return a folder with TorchServe as it was released."""
    copy_to(tmp_path)
    return tmp_path


def files(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return when each file was written and what it holds."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def sums_match(site_packages: Path) -> bool:
    """Check as the entrypoint does."""
    command = ["sha256sum", "--check", "--status", str(PATCHES / "sha256sums")]
    return subprocess.run(command, cwd=site_packages, check=False).returncode == 0


def machine_of(library: Path) -> int:
    """Return the architecture that a library is for, as its ELF header numbers them."""
    return int.from_bytes(library.read_bytes()[18:20], "little")


def reader(site_packages: Path, switch: str | None) -> list[str]:
    """Return the modules of the functions with which a worker reads."""
    code = f"import sys; sys.path.insert(0, {str(site_packages)!r})\n{SHOW_READER}"
    environment = {} if switch is None else {"TORCHSERVE_PATCHES": switch}
    output = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return output.stdout.split()


@pytest.mark.parametrize(
    ("patch", "changes"),
    [
        (batching.PATCH, [(0x16, 0x09), (0x06, 0x00)]),
        (grpc.PATCH, [(0x2A, 0x00), (0xB6, 0x00), (0xB4, 0x00)]),
        (connections.STATUS, [(0x01, 0x02), (0x90, 0x58)]),
    ],
    ids=["batching", "grpc", "connections"],
)
def test_only_the_named_instruction_of_a_class_changes(
    site_packages: Path, patch: JavaPatch, changes: list[tuple[int, int]]
) -> None:
    apply(site_packages)
    with zipfile.ZipFile(site_packages / JAR) as jar:
        original = jar.read(patch.path)
    patched = (site_packages / PATCHES / patch.path).read_bytes()
    assert [(old, new) for old, new in zip(original, patched, strict=True) if old != new] == changes


def test_class_for_newer_versions_of_java_is_for_them_alone(site_packages: Path) -> None:
    apply(site_packages)
    with zipfile.ZipFile(site_packages / JAR) as jar, zipfile.ZipFile(site_packages / PATCHES / VERSIONED) as versioned:
        assert "Multi-Release: true" in versioned.read("META-INF/MANIFEST.MF").decode().splitlines()
        original = jar.read(memory.PATCH.path)
        patched = versioned.read(f"META-INF/versions/21/{memory.PATCH.path}")
    assert [(old, new) for old, new in zip(original, patched, strict=True) if old != new] == [(0x2A, 0x27)]
    assert not (site_packages / PATCHES / memory.PATCH.path).exists()


def test_native_library_for_each_architecture_is_among_the_patches(site_packages: Path) -> None:
    apply(site_packages)
    machines = {path.name: machine_of(path) for path in (site_packages / PATCHES).glob("*.so")}
    assert machines == {
        "libnetty_transport_native_epoll_x86_64.so": 62,  # EM_X86_64
        "libnetty_transport_native_epoll_aarch_64.so": 183,  # EM_AARCH64
    }


def test_worker_reads_ahead_only_when_the_entrypoint_says_so(site_packages: Path) -> None:
    released = ["ts.protocol.otf_message_handler"] * 2
    assert reader(site_packages, "yes") == released
    apply(site_packages)
    assert reader(site_packages, "yes") == ["ts.protocol.frames"] * 2
    assert reader(site_packages, "no") == released
    assert reader(site_packages, None) == released


def test_second_application_writes_nothing(site_packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apply(site_packages)
    before = files(site_packages)
    apply(site_packages)
    assert files(site_packages) == before
    assert sums_match(site_packages)
    assert capsys.readouterr() == ("", "")


def test_reinstalled_torchserve_is_noticed_and_patched_again(site_packages: Path) -> None:
    apply(site_packages)
    restore_worker(site_packages)
    assert not sums_match(site_packages)
    apply(site_packages)
    assert sums_match(site_packages)
    assert reader(site_packages, "yes") == ["ts.protocol.frames"] * 2


def test_other_version_is_noticed_and_keeps_its_classes(
    site_packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(site_packages)
    (site_packages / RECORD).write_text("another version's")
    write_jar(site_packages, {batching.PATCH.path: b"another version's", "another.class": b""})
    (site_packages / PROTOCOL).write_text("another = 1\n")
    assert not sums_match(site_packages)
    apply(site_packages)
    assert not any((site_packages / PATCHES / patch.path).exists() for patch in JAVA_PATCHES)
    assert (site_packages / PROTOCOL).read_text() == "another = 1\n"
    warnings = capsys.readouterr().err.splitlines()
    assert len(warnings) == len(JAVA_PATCHES) + 1
    assert all("is not TorchServe 0.12.0's" in line for line in warnings)


def test_installation_that_cannot_be_written_is_left_with_one_warning(site_packages: Path) -> None:
    (site_packages / PATCHES).write_text("a file where a folder should be")
    code = f"import sys; sys.path.insert(0, {str(site_packages)!r}); from torchserve.patches.apply import main; main()"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.startswith("torchserve/patches: TorchServe stays as it is: ")
    assert result.stderr.count("\n") == 1
