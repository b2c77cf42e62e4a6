"""Calls the service with MLServer's codecs (.venv-mlserver): `mlserver_client.py URL IMAGE VERSION`. IMAGE is a 7."""

import base64
import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from mlserver import codecs, types

URL, IMAGE, VERSION = sys.argv[1], Path(sys.argv[2]).read_bytes(), sys.argv[3]


def fetch(path: str, body: types.InferenceRequest | None = None) -> bytes:
    """Return the answer to a GET, or to a POST with a body."""
    data = body.model_dump_json().encode() if body else None
    request = urllib.request.Request(URL + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        answer: bytes = response.read()
    return answer


def infer(tensor: types.RequestInput) -> dict[str, Any]:
    """Return the decoded outputs for an input."""
    answer = fetch("/v2/models/digits/infer", types.InferenceRequest(id="a", inputs=[tensor]))
    response = types.InferenceResponse.model_validate_json(answer)
    assert (response.model_name, response.model_version, response.id) == ("digits", VERSION, "a")
    by_datatype = {"BYTES": codecs.StringCodec}
    return {
        output.name: by_datatype.get(output.datatype, codecs.NumpyCodec).decode_output(output)
        for output in response.outputs
    }


def check_metadata() -> None:
    """Check that the metadata fits MLServer's types."""
    assert types.MetadataServerResponse.model_validate_json(fetch("/v2")).version == VERSION
    model = types.MetadataModelResponse.model_validate_json(fetch("/v2/models/digits"))
    assert model.versions == [VERSION]
    assert [tensor.name for tensor in model.inputs] == ["images", "pictures"]


def check_codecs() -> None:
    """Check an input of each codec that fits one, and the outputs."""
    text = base64.b64encode(IMAGE).decode()
    for images in (
        codecs.Base64Codec.encode_input("images", [IMAGE, IMAGE]),
        codecs.StringCodec.encode_input("images", [text, text]),
    ):
        outputs = infer(images)
        assert outputs["digit"].tolist() == [7, 7]
        assert outputs["probabilities"].argmax(axis=1).tolist() == [7, 7]
        assert outputs["verdict"] == ["digit", "digit"]
    pictures = np.zeros((2, 28, 28), np.uint8)
    pictures[:, 4:24, 13:16] = 255  # a 1
    assert infer(codecs.NumpyCodec.encode_input("pictures", pictures))["digit"].tolist() == [1, 1]


def check_command() -> None:
    """Check `mlserver infer`, which sends the requests of a file in groups."""
    tensor = codecs.StringCodec.encode_input("images", [base64.b64encode(IMAGE).decode()])
    lines = [types.InferenceRequest(id=id_, inputs=[tensor]).model_dump_json() for id_ in ("a", "b", "c")]
    with TemporaryDirectory() as folder:
        sent, received = Path(folder, "sent"), Path(folder, "received")
        sent.write_text("\n".join(lines))
        command = [str(Path(sys.executable).with_name("mlserver")), "infer", "-u", URL.removeprefix("http://")]
        subprocess.run([*command, "-m", "digits", "-i", sent, "-o", received, "-s", "2"], check=True)
        answers = [json.loads(line) for line in received.read_text().splitlines()]
    assert sorted(answer["id"] for answer in answers) == ["a", "b", "c"]
    assert [answer["outputs"][0]["data"] for answer in answers] == [[7]] * 3


check_metadata()
check_codecs()
check_command()
