"""Set the version everywhere: `python -m tools.release X.Y.Z`, or `make release VERSION=X.Y.Z`.

The version is defined in `handler/__init__.py`. The files below repeat it because what reads them cannot import Python.
A test fails if they disagree.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import handler

ROOT = Path(__file__).resolve().parents[1]
CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## [Unreleased]\n"
NUMBER = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
# File → the texts around the version, which replaces `@`. The definition is last: until it is written, the same command
# can be run again and finishes what an interruption left.
PLACES = {
    "compose.yaml": ["${VERSION:-@}"],
    "k8s/README.md": ["digits-torchserve:@", "digits-web:@"],
    "k8s/base/torchserve/kustomization.yaml": ["app.kubernetes.io/version: @", "newTag: @"],
    "k8s/base/web/kustomization.yaml": ["app.kubernetes.io/version: @", "newTag: @"],
    "model_store/README.md": ["# Model card: digits @"],
    "model_store/digits.json": ['"version": "@"'],
    "README.md": ["digits-torchserve:@", "digits-web:@", '"version":"@"'],
    "web/public/openapi.json": ['"version": "@"', '"example": "@"'],
    "handler/__init__.py": ['__version__ = "@"'],
}


def fail(message: str) -> None:
    """End with a message for a person."""
    sys.exit(f"make release: {message}")


def pattern(place: str) -> re.Pattern[str]:
    """Return what matches a place, whatever version it has; the version is the group `version`."""
    before, after = map(re.escape, place.split("@"))
    return re.compile(rf"(?P<before>{before})(?P<version>{NUMBER})(?P<after>{after})")


def disagreements(root: Path, version: str) -> list[str]:
    """Return a sentence for every place that does not have the version."""
    found = []
    for name, places in PLACES.items():
        text = (root / name).read_text(encoding="utf-8")
        for place in places:
            versions = {match["version"] for match in pattern(place).finditer(text)}
            if versions != {version}:
                found.append(f"{name}: {place.replace('@', version)} is expected, found {sorted(versions) or 'none'}")
    if f"\n## [{version}] - " not in (root / CHANGELOG).read_text(encoding="utf-8"):
        found.append(f"{CHANGELOG}: no section [{version}]")
    return found


def changelog(text: str, version: str, date: str) -> str:
    """Return CHANGELOG with the unreleased changes under the version's heading."""
    if f"\n## [{version}] - " in text:
        return text
    _, found, rest = text.partition(UNRELEASED)
    if not found or not rest.partition("\n## [")[0].strip():
        fail(f"{CHANGELOG} has nothing under [Unreleased]: describe there what changes for users.")
    return text.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {date}\n", 1)


def with_version(root: Path, version: str, date: str) -> dict[Path, str]:
    """Return the new text of every file, or end if a place is missing. Nothing is written."""
    texts = {root / CHANGELOG: changelog((root / CHANGELOG).read_text(encoding="utf-8"), version, date)}
    for name, places in PLACES.items():
        text = (root / name).read_text(encoding="utf-8")
        for place in places:
            text, count = pattern(place).subn(rf"\g<before>{version}\g<after>", text)
            if count == 0:
                fail(f"{name} does not contain {place}: correct the file, or PLACES in tools/release.py.")
        texts[root / name] = text
    return texts


def check_version(version: str, current: str) -> None:
    """End with a message if this cannot be the next version."""
    if not re.fullmatch(NUMBER, version):
        fail(f"VERSION={version} is not a version: use three numbers, for example VERSION=1.2.3.")
    if [int(part) for part in version.split(".")] <= [int(part) for part in current.split(".")]:
        fail(f"VERSION={version} is not newer than {current}.")


def main() -> None:
    """Write the version everywhere, and say what comes next."""
    version = "".join(sys.argv[1:])
    check_version(version, handler.__version__)
    for path, text in with_version(ROOT, version, datetime.now(UTC).date().isoformat()).items():
        path.write_text(text, encoding="utf-8")
    print(f"Every file has version {version}. Next:")
    print("  make check test manifests")
    print(f"  git commit --all --message 'Release {version}' && git tag v{version}")


if __name__ == "__main__":
    main()
