import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import handler
from tests import drawings, served_model
from train.archive import build
from train.model_store import MODEL_STORE

MEMBERS = [
    "MAR-INF/MANIFEST.json",
    "digit_handler.py",
    "digits.json",
    "digits.onnx",
    "handler/__init__.py",
    "handler/base64_image.py",
    "handler/calibration.py",
    "handler/choice.py",
    "handler/content_coding.py",
    "handler/digit_handler.py",
    "handler/errors.py",
    "handler/explanation.py",
    "handler/form.py",
    "handler/instances.py",
    "handler/number_recognizer.py",
    "handler/observations.py",
    "handler/onnx_model.py",
    "handler/open_inference/__init__.py",
    "handler/open_inference/metadata.py",
    "handler/open_inference/request.py",
    "handler/open_inference/response.py",
    "handler/payload.py",
    "handler/piece_costs.py",
    "handler/preprocessing/__init__.py",
    "handler/preprocessing/alternatives.py",
    "handler/preprocessing/budget.py",
    "handler/preprocessing/decoder_child.py",
    "handler/preprocessing/decoder_process.py",
    "handler/preprocessing/decoding.py",
    "handler/preprocessing/depth.py",
    "handler/preprocessing/formats/__init__.py",
    "handler/preprocessing/formats/encoded.py",
    "handler/preprocessing/formats/gif.py",
    "handler/preprocessing/formats/jpeg.py",
    "handler/preprocessing/formats/png.py",
    "handler/preprocessing/formats/png_chunks.py",
    "handler/preprocessing/formats/png_rows.py",
    "handler/preprocessing/formats/webp.py",
    "handler/preprocessing/ink.py",
    "handler/preprocessing/limits.py",
    "handler/preprocessing/messages.py",
    "handler/preprocessing/normalization.py",
    "handler/preprocessing/pipeline.py",
    "handler/preprocessing/pixels.py",
    "handler/preprocessing/preparation.py",
    "handler/preprocessing/reduction.py",
    "handler/preprocessing/segmentation/__init__.py",
    "handler/preprocessing/segmentation/background.py",
    "handler/preprocessing/segmentation/box.py",
    "handler/preprocessing/segmentation/candidates.py",
    "handler/preprocessing/segmentation/component_search.py",
    "handler/preprocessing/segmentation/components.py",
    "handler/preprocessing/segmentation/cuts.py",
    "handler/preprocessing/segmentation/filling.py",
    "handler/preprocessing/segmentation/grouping.py",
    "handler/preprocessing/segmentation/lines.py",
    "handler/preprocessing/segmentation/noise.py",
    "handler/preprocessing/segmentation/number.py",
    "handler/preprocessing/segmentation/paper.py",
    "handler/preprocessing/segmentation/plain.py",
    "handler/preprocessing/segmentation/polarity.py",
    "handler/preprocessing/segmentation/rings.py",
    "handler/preprocessing/segmentation/segments.py",
    "handler/preprocessing/segmentation/shapes.py",
    "handler/preprocessing/segmentation/strips.py",
    "handler/preprocessing/segmentation/structures.py",
    "handler/preprocessing/segmentation/touching_lines.py",
    "handler/preprocessing/segmentation/two_tone.py",
    "handler/preprocessing/segmentation/writing_lines.py",
    "handler/preprocessing/transparency.py",
    "handler/reading.py",
    "handler/recognizer.py",
    "handler/request_log.py",
    "handler/routes.py",
    "handler/tap_detection.py",
    "handler/torchserve_metrics.py",
    "model-config.yaml",
]

# What TorchServe's worker does, without Java: its own loader and service, in the extracted folder.
WORKER = """
import json, os, sys
from ts.metrics.metric_cache_yaml_impl import MetricsCacheYamlImpl
from ts.model_loader import TsModelLoader

images = [open(name, "rb").read() for name in sys.argv[1:]]
service = TsModelLoader().load("digits", os.getcwd(), "digit_handler.py", None, 2, None)
before = set(sys.modules)

class Metrics:
    request_ids = None

service.context.metrics = Metrics()

def request(body, **headers):
    headers = [{"name": k.replace("_", "-").encode(), "value": v.encode()} for k, v in headers.items()]
    parameters = [{"name": "body", "value": bytearray(body), "contentType": ""}]
    return {"requestId": b"1", "parameters": parameters, "headers": headers}

batch = [request(image, Content_Type="image/png") for image in [*images, b"?"]]
headers, rows, ids = service.retrieve_data_for_inference(batch)
service.context.request_ids, service.context.request_processor = ids, headers
bodies = service._entry_point(rows, service.context)
print(json.dumps({
    "answers": [json.loads(body) for body in bodies],
    "statuses": [service.context.get_response_status(index)[0] for index in range(len(batch))],
    "handler": sys.modules["handler"].__file__,
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""


def test_archive_holds_exactly_what_serving_needs() -> None:
    with zipfile.ZipFile(served_model.archive()) as archive:
        assert archive.namelist() == MEMBERS
        assert archive.testzip() is None


def test_manifest_names_model_version_and_handler() -> None:
    with zipfile.ZipFile(served_model.archive()) as archive:
        manifest = json.loads(archive.read("MAR-INF/MANIFEST.json"))
    assert manifest["createdOn"] == "01/01/1980 00:00:00"
    assert manifest["model"]["modelName"] == "digits"
    assert manifest["model"]["modelVersion"] == handler.__version__
    assert manifest["model"]["handler"] == "digit_handler.py"
    assert manifest["model"]["serializedFile"] == "digits.onnx"
    assert manifest["model"]["configFile"] == "model-config.yaml"


def test_packed_sources_equal_the_repository() -> None:
    with zipfile.ZipFile(served_model.archive()) as archive:
        for name in MEMBERS:
            if name.endswith(".py"):
                source = Path(handler.__file__).parent / name.removeprefix("handler/")
                assert archive.read(name) == source.read_bytes(), name


def test_two_builds_are_identical(tmp_path: Path) -> None:
    again = tmp_path / "again.mar"
    build(MODEL_STORE, again)
    assert again.read_bytes() == served_model.archive().read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.mar"]


def test_build_that_fails_leaves_the_old_archive_alone(tmp_path: Path) -> None:
    shutil.copy(MODEL_STORE / "digits.pt", tmp_path)
    target = tmp_path / "digits.mar"
    target.write_bytes(b"old")
    with pytest.raises(FileNotFoundError, match=r"digits\.json"):
        build(tmp_path, target)
    assert target.read_bytes() == b"old"


def test_weights_and_a_card_of_other_weights_are_not_packed(tmp_path: Path) -> None:
    shutil.copy(MODEL_STORE / "digits.pt", tmp_path)
    card = json.loads((MODEL_STORE / "digits.json").read_text(encoding="utf-8"))
    (tmp_path / "digits.json").write_text(json.dumps({**card, "weights_sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(ValueError, match="describes other weights"):
        build(tmp_path, tmp_path / "digits.mar")
    assert not (tmp_path / "digits.mar").exists()


def test_torchserves_own_loader_loads_the_archive_in_a_clean_process(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(served_model.folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(drawings.seven())
    large.write_bytes(drawings.encoded(drawings.drawing(drawings.SEVEN).resize((1000, 1000))))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "HOME": str(tmp_path)}
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, str(small), str(large)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert worker.returncode == 0, worker.stderr
    report = json.loads(worker.stdout.splitlines()[-1])
    assert report["statuses"] == [200, 200, 400]
    assert [answer["digit"] for answer in report["answers"][:2]] == [7, 7]
    assert report["answers"][0]["model"] == {"name": "digits", "version": handler.__version__}
    assert report["answers"][2]["type"] == "InvalidImage"
    assert report["handler"] == str(folder / "handler/__init__.py")
    assert {"torch", "onnxruntime"} <= set(report["modules"])
    assert not {"torchvision", "train", "onnx", "matplotlib"} & set(report["modules"])
