"""The Open Inference Protocol V2, by hand and with the client libraries of Triton, KServe and MLServer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

import handler
from handler.preprocessing import preprocess
from tests import drawings
from tests.integration.api import INFER, SINGLE, TIMEOUT_S, base64_of, post, raw
from tools.stack import ROOT, Stack

VERSION = handler.__version__


def tensor(*images: bytes) -> dict[str, Any]:
    return {
        "name": "images",
        "datatype": "BYTES",
        "shape": [len(images)],
        "data": [base64_of(image) for image in images],
    }


def test_json_request_is_answered_with_tensors(stack: Stack) -> None:
    single = post(stack, SINGLE, drawings.seven()).json()
    response = post(stack, INFER, {"id": "a", "inputs": [tensor(drawings.one(), drawings.seven())]})
    assert response.status_code == 200, response.text
    answer = response.json()
    assert (answer["model_name"], answer["model_version"], answer["id"]) == ("digits", VERSION, "a")
    outputs = {output["name"]: output for output in answer["outputs"]}
    assert outputs["digit"]["data"] == [1, 7]
    assert outputs["probabilities"]["shape"] == [2, 10]
    assert outputs["probabilities"]["data"][10:] == single["probabilities"]
    assert outputs["ood_score"]["data"][1] == single["ood_score"]
    assert outputs["verdict"]["data"] == ["digit", "digit"]


def test_request_in_the_form_of_mlservers_codecs_is_answered(stack: Stack) -> None:
    column = {**tensor(drawings.seven()), "shape": [1, 1], "parameters": {"content_type": "base64"}}
    assert post(stack, INFER, {"inputs": [column]}).json()["outputs"][0]["data"] == [7]
    pictures = {
        "name": "pictures",
        "datatype": "UINT8",
        "shape": [1, 28, 28],
        "data": preprocess(drawings.one()).ravel().tolist(),
        "parameters": {"content_type": "np"},
    }
    assert post(stack, INFER, {"inputs": [pictures]}).json()["outputs"][0]["data"] == [1]


@pytest.mark.parametrize(
    ("client", "environment"),
    [("triton", ".venv-clients"), ("kserve", ".venv-clients"), ("mlserver", ".venv-mlserver")],
)
def test_client_library_works_with_the_service(stack: Stack, client: str, environment: str) -> None:
    if client == "mlserver" and sys.version_info >= (3, 13):
        pytest.skip("MLServer cannot be installed for a Python newer than 3.12.")
    python = ROOT / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"The client library is not installed: make {environment}/.installed")
    script = Path(__file__).parent / "clients" / f"{client}_client.py"
    done = subprocess.run(
        [str(python), str(script), stack.url, str(ROOT / "docs" / "seven.png"), VERSION],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


ROUTES = ["/v2", "/v2/models/digits", "/v2/health/ready", "/v2/health/live", "/v2/models/digits/ready"]


def assert_protocol_error(response: requests.Response, code: int) -> str:
    assert response.status_code == code, response.text[:300]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Request-ID"]
    assert response.json().keys() == {"error"}
    message: str = response.json()["error"]
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("path", ROUTES)
def test_nginxs_errors_have_the_form_of_the_protocol(stack: Stack, path: str) -> None:
    assert_protocol_error(requests.post(stack.url + path, timeout=TIMEOUT_S), 405)
    assert_protocol_error(requests.get(f"{stack.url}{path}/x", timeout=TIMEOUT_S), 404)


def test_errors_of_infer_have_the_form_of_the_protocol(stack: Stack) -> None:
    assert_protocol_error(requests.get(stack.url + INFER, timeout=TIMEOUT_S), 405)
    assert_protocol_error(post(stack, INFER, drawings.seven(), "image/png"), 415)
    assert_protocol_error(post(stack, INFER, bytes(8 << 20) + b"x", "application/json"), 413)
    assert_protocol_error(post(stack, INFER, b"{}", "application/json"), 400)
    assert_protocol_error(post(stack, INFER, {"inputs": [tensor(drawings.blank())]}), 422)
    assert_protocol_error(post(stack, INFER, iter([b"{}"]), "application/json"), 400)


@pytest.mark.parametrize("target", [INFER, "/v2/%zz", "/v2?%", "http://digits.example/v2/%zz", "/v2/" + "x" * 9000])
def test_errors_of_requests_that_nginx_cannot_read_have_the_form_of_the_protocol(stack: Stack, target: str) -> None:
    status, _, body = raw(stack, b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" % target.encode())
    assert status in (400, 414)
    assert json.loads(body).keys() == {"error"}


def test_errors_of_other_paths_have_the_form_of_the_service(stack: Stack) -> None:
    for target in (b"/v2x/%zz", b"/predictions/v2/%zz", b"/%zz /v2"):
        _, _, body = raw(stack, b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % target)
        assert json.loads(body).keys() == {"code", "type", "message"}


@pytest.mark.parametrize("version", ["9.9.9", "1.1", "a b", "x" * 100])
@pytest.mark.parametrize("rest", ["", "/ready", "/infer"])
def test_unknown_version_is_404(stack: Stack, version: str, rest: str) -> None:
    method = "POST" if rest == "/infer" else "GET"
    body = {"inputs": [tensor(drawings.seven())]} if rest == "/infer" else None
    url = f"{stack.url}/v2/models/digits/versions/{version}{rest}"
    assert_protocol_error(requests.request(method, url, json=body, timeout=TIMEOUT_S), 404)
