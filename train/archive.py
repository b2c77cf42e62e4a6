"""`python -m train.archive`: pack `digits.mar`, byte for byte the same from the same inputs."""

import argparse
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

from model_archiver import ModelArchiver, ModelArchiverConfig

import handler
from train.export import export_onnx
from train.model_store import MODEL_STORE, NAME, read_model

PACKAGE = Path(handler.__file__).parent

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time in a zip file


def build(model_store: Path, target: Path) -> None:
    """Pack the handler package, the network and its card into a TorchServe archive.

    Args:
        model_store: Holds `digits.pt` and `digits.json`.
        target: The archive, written whole or not at all.

    Raises:
        FileNotFoundError: The weights or the card are missing.
        ValueError: The card describes other weights.
    """
    net, _ = read_model(model_store)
    with tempfile.TemporaryDirectory() as folder:
        staging = Path(folder) / "staging"  # the archiver packs the children of a folder, so a package needs a parent
        shutil.copytree(PACKAGE, staging / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
        shutil.copy(model_store / f"{NAME}.json", staging)
        model = Path(folder) / f"{NAME}.onnx"
        export_onnx(net, model)
        tempfile.tempdir = folder  # the archiver's own folder in it has a fixed name, which two builds must not share
        try:
            ModelArchiver.generate_model_archive(
                ModelArchiverConfig(
                    model_name=NAME,
                    handler=str(PACKAGE / "digit_handler.py"),
                    version=handler.__version__,
                    serialized_file=str(model),
                    model_file=None,
                    extra_files=str(staging),
                    export_path=folder,
                    runtime="python",
                    archive_format="default",
                    force=True,
                    requirements_file=None,
                    config_file=str(PACKAGE / "model-config.yaml"),
                )
            )
        finally:
            tempfile.tempdir = None
        normalized = target.with_suffix(".partial")
        _normalize(Path(folder) / f"{NAME}.mar", normalized)
        normalized.replace(target)


def _normalize(source: Path, target: Path) -> None:
    """Rewrite an archive with its members sorted and without time stamps."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as result:
        for name in sorted(name for name in archive.namelist() if not name.endswith("/")):
            data = archive.read(name)
            if name == "MAR-INF/MANIFEST.json":
                manifest = json.loads(data)
                manifest["createdOn"] = "01/01/1980 00:00:00"  # TorchServe warns if it is missing
                data = json.dumps(manifest, indent=2, sort_keys=True).encode()
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            result.writestr(info, data)


def main() -> None:
    """Pack the committed weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-store", type=Path, default=MODEL_STORE, help="folder of digits.pt and digits.json")
    arguments = parser.parse_args()
    target = arguments.model_store / f"{NAME}.mar"
    build(arguments.model_store, target)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
