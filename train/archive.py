"""`python -m train.archive`: pack `digits.mar`, byte for byte the same from the same inputs."""

import argparse
import json
import tempfile
import zipfile
from pathlib import Path

from model_archiver import ModelArchiverConfig
from model_archiver.model_packaging_utils import ModelExportUtils

import handler
from train.export import export_onnx
from train.model_store import MODEL_STORE, NAME, read_model

PACKAGE = Path(handler.__file__).parent

TIME = (1980, 1, 1, 0, 0, 0)  # of every member; the earliest in a zip file


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
        network = Path(folder) / f"{NAME}.onnx"
        export_onnx(net, network)
        files = [network, model_store / f"{NAME}.json", PACKAGE / "digit_handler.py", PACKAGE / "model-config.yaml"]
        members = {path.name: path.read_bytes() for path in files}
    sources = {str(path.relative_to(PACKAGE.parent)): path.read_bytes() for path in PACKAGE.rglob("*.py")}
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name, data in sorted({"MAR-INF/MANIFEST.json": _manifest(), **members, **sources}.items()):
            info = zipfile.ZipInfo(name, TIME)
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    partial.replace(target)


def _manifest() -> bytes:
    """Return the manifest of TorchServe's archiver. Its packer is not used: it records times, and packs no packages."""
    config = ModelArchiverConfig(
        model_name=NAME,
        version=handler.__version__,
        handler="digit_handler.py",
        serialized_file=f"{NAME}.onnx",
        config_file="model-config.yaml",
    )
    manifest = json.loads(ModelExportUtils.generate_manifest_json(config))
    manifest["createdOn"] = "01/01/1980 00:00:00"  # TorchServe warns if it is missing
    return json.dumps(manifest, indent=2, sort_keys=True).encode()


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
