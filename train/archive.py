"""`python -m train.archive`: pack `digits.mar`, byte for byte the same from the same inputs."""

import argparse
import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import torch
from model_archiver import ModelArchiver, ModelArchiverConfig

import handler
from train.export import export_onnx
from train.model import DigitNet

NAME = "digits"
PACKAGE = Path(handler.__file__).parent
MODEL_STORE = PACKAGE.parent / "model_store"

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can hold


def build(model_store: Path, target: Path) -> None:
    """Pack the handler package, the network and its card into a TorchServe archive.

    Args:
        model_store: Holds `digits.pt` and `digits.json`.
        target: The archive to write; written whole or not at all.

    Raises:
        FileNotFoundError: The model store lacks the weights or the card.
        ValueError: The card is of other weights.
    """
    card = json.loads((model_store / f"{NAME}.json").read_text(encoding="utf-8"))
    if card["weights_sha256"] != hashlib.sha256((model_store / f"{NAME}.pt").read_bytes()).hexdigest():
        raise ValueError(f"{NAME}.json and {NAME}.pt in {model_store} are not of one training; train again.")
    net = DigitNet()
    net.load_state_dict(torch.load(model_store / f"{NAME}.pt", weights_only=True))
    with tempfile.TemporaryDirectory() as folder:
        staging = Path(folder) / "staging"  # the archiver packs a folder's children, so a package needs a parent
        shutil.copytree(PACKAGE, staging / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
        shutil.copy(model_store / f"{NAME}.json", staging)
        model = Path(folder) / f"{NAME}.onnx"
        export_onnx(net.eval(), model)
        tempfile.tempdir = folder  # the archiver stages in a folder of a fixed name there: two builds must not meet
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
    """Rewrite an archive with its members sorted and without the time of its making."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as result:
        for name in sorted(name for name in archive.namelist() if not name.endswith("/")):
            data = archive.read(name)
            if name == "MAR-INF/MANIFEST.json":
                manifest = json.loads(data)
                manifest["createdOn"] = "01/01/1980 00:00:00"  # TorchServe warns if there is none
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
