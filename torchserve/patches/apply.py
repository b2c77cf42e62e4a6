"""Patch the TorchServe that this interpreter has: `python -m torchserve.patches.apply`.

The build of an environment or image runs this once. Each patch is for one file of TorchServe 0.12.0, known by its
digest. Another file stays as it is, and a warning says what that means.

- The patched classes go to `ts/frontend/patches`, which `torchserve/entrypoint` puts before the jar on the class path;
  those that only some versions of Java need go into a multi-release jar there.
- The frames module goes beside TorchServe's `otf_message_handler`, which gets two lines that import from it. They do
  nothing unless `torchserve/entrypoint` sets TORCHSERVE_PATCHES=yes.
- Netty's native library goes to `ts/frontend/patches` too. Java would unpack it into its temporary folder, which can be
  mounted without permission to execute; Unix sockets would then not work.
- `ts/frontend/patches/sha256sums` says for which files this was done. The entrypoint compares it at every start.
"""

import hashlib
import importlib.util
import io
import sys
import zipfile
from pathlib import Path

from torchserve.patches import batching, connections, frames, grpc, memory

JAVA_PATCHES = (batching.PATCH, grpc.PATCH, connections.STATUS, connections.BROKEN_REQUEST, memory.PATCH)
VERSIONED = "versioned.jar"
PROTOCOL = Path("ts", "protocol", "otf_message_handler.py")
PROTOCOL_SHA256 = "83e82dc62b4a95a362efe4518786c6b389b895b85acaf37721aaff042ec9989a"
PROTOCOL_TAIL = b"""

if os.environ.get("TORCHSERVE_PATCHES") == "yes":
    from ts.protocol.frames import retrieve_buffer as _retrieve_buffer, retrieve_request as _retrieve_request
"""
NATIVE_LIBRARY = "META-INF/native/libnetty_transport_native_epoll_"


def sha256(content: bytes) -> str:
    """Return the digest as `sha256sum` writes it."""
    return hashlib.sha256(content).hexdigest()


def warn(path: str, without: str) -> None:
    """Say what is not patched."""
    print(f"torchserve/patches: {path} is not TorchServe 0.12.0's; it stays as it is: {without}.", file=sys.stderr)


def install(path: Path, content: bytes) -> None:
    """Write a file, if it is not there already: an environment that is patched need not be writable."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def patch_classes(site_packages: Path, folder: Path) -> None:
    """Write the patched classes and the native library into a folder."""
    with zipfile.ZipFile(site_packages / "ts" / "frontend" / "model-server.jar") as jar:
        names = jar.namelist()
        versioned = {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\nMulti-Release: true\n"}
        for name in names:
            if name.startswith(NATIVE_LIBRARY):
                install(folder / Path(name).name, jar.read(name))
        for patch in JAVA_PATCHES:
            patched = patch.apply(jar.read(patch.path) if patch.path in names else b"")
            if patched is None:
                (folder / patch.path).unlink(missing_ok=True)  # that of another version
                warn(patch.path, patch.without)
            elif patch.since_java:
                versioned[f"META-INF/versions/{patch.since_java}/{patch.path}"] = patched
            else:
                install(folder / patch.path, patched)
    install(folder / VERSIONED, pack(versioned))


def pack(members: dict[str, bytes]) -> bytes:
    """Return a zip file, the same each time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member)
    return content.getvalue()


def patch_worker(site_packages: Path) -> None:
    """Make the worker read ahead."""
    protocol = site_packages / PROTOCOL
    original = protocol.read_bytes().removesuffix(PROTOCOL_TAIL)
    if sha256(original) != PROTOCOL_SHA256:
        warn(str(PROTOCOL), "the worker makes a system call for every field")
        return
    install(protocol.with_name("frames.py"), Path(frames.__file__).read_bytes())
    install(protocol, original + PROTOCOL_TAIL)


def write_sums(site_packages: Path, folder: Path) -> None:
    """Note the digests of the list of installed files, which changes with the version, and of the worker's code."""
    [record] = site_packages.glob("torchserve-*.dist-info/RECORD")
    files = (record, site_packages / PROTOCOL)
    lines = [f"{sha256(path.read_bytes())}  {path.relative_to(site_packages)}\n" for path in files]
    install(folder / "sha256sums", "".join(lines).encode())


def apply(site_packages: Path) -> None:
    """Patch the TorchServe in a site-packages folder; what is patched already stays."""
    folder = site_packages / "ts" / "frontend" / "patches"
    patch_classes(site_packages, folder)
    patch_worker(site_packages)
    write_sums(site_packages, folder)


def main() -> None:
    """Patch the TorchServe that this interpreter imports."""
    spec = importlib.util.find_spec("ts")
    if spec is None or spec.origin is None:
        sys.exit("torchserve/patches: TorchServe is not installed for this Python; `make run` installs it.")
    try:
        apply(Path(spec.origin).parents[1])
    except OSError as error:
        print(f"torchserve/patches: TorchServe stays as it is: {error}.", file=sys.stderr)


if __name__ == "__main__":
    main()
