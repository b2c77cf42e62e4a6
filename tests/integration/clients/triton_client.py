"""Calls the service with Triton's client, from .venv-clients: `triton_client.py URL IMAGE VERSION`; IMAGE is a 7."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

URL, IMAGE, VERSION = sys.argv[1].removeprefix("http://"), Path(sys.argv[2]).read_bytes(), sys.argv[3]


def images(*files: bytes) -> Any:
    """Return the input tensor of encoded images."""
    tensor = triton.InferInput("images", [len(files)], "BYTES")
    return tensor.set_data_from_numpy(np.array(files, dtype=np.object_))


def error_of(client: Any, model: str, version: str, *files: bytes) -> InferenceServerException:
    """Return the error that a request must have."""
    try:
        client.infer(model, [images(*files)], model_version=version)
    except InferenceServerException as error:
        return error
    raise AssertionError(f"{model} {version} has no error")


def check_metadata(client: Any) -> None:
    """Check health and metadata."""
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("digits")
    assert client.is_model_ready("digits", VERSION)
    assert not client.is_model_ready("digits", "9.9.9")
    assert not client.is_model_ready("other")
    assert client.get_server_metadata()["version"] == VERSION
    for version in ("", VERSION):
        metadata = client.get_model_metadata("digits", version)
        assert metadata["versions"] == [VERSION]
        assert [one["name"] for one in metadata["inputs"]] == ["images", "pictures"]


def check_inference(client: Any) -> None:
    """Check images with the client's binary defaults, and pictures in all ways."""
    result = client.infer("digits", [images(IMAGE, IMAGE)], request_id="a")
    assert result.get_response()["id"] == "a"
    assert result.as_numpy("digit").tolist() == [7, 7]
    assert result.as_numpy("verdict").tolist() == [b"digit", b"digit"]
    probabilities = result.as_numpy("probabilities")
    assert (probabilities.shape, probabilities.dtype) == ((2, 10), np.float32)
    assert probabilities.argmax(axis=1).tolist() == [7, 7]
    pictures = np.zeros((2, 28, 28), np.uint8)
    pictures[:, 4:24, 13:16] = 255  # a 1
    for is_binary in (True, False):
        tensor = triton.InferInput("pictures", [2, 28, 28], "UINT8")
        tensor.set_data_from_numpy(pictures, binary_data=is_binary)
        wanted = [triton.InferRequestedOutput("digit", binary_data=not is_binary)]
        result = client.infer("digits", [tensor], model_version=VERSION, outputs=wanted)
        assert result.as_numpy("digit").tolist() == [1, 1]
        assert [output["name"] for output in result.get_response()["outputs"]] == ["digit"]


def check_errors(client: Any) -> None:
    """Check that the client understands the errors."""
    error = error_of(client, "digits", "", IMAGE, b"not an image", IMAGE)
    assert error.status() == "400"
    assert "Row 1: " in error.message()
    assert "no such version" in error_of(client, "digits", "9.9.9", IMAGE).message()
    assert "path does not exist" in error_of(client, "other", "", IMAGE).message()


with triton.InferenceServerClient(URL) as opened:
    check_metadata(opened)
    check_inference(opened)
    check_errors(opened)
