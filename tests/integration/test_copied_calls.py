"""Calls as people copy them from elsewhere: they are answered, or the error has the call that works."""

import gzip
import json
import subprocess
import urllib.parse
import zlib
from typing import Any

import pytest
import requests

from handler.preprocessing import preprocess
from tests import drawings
from tests.integration.api import (
    BATCH,
    EXPLAIN,
    INFER,
    NUMBERS,
    SINGLE,
    TIMEOUT_S,
    assert_error,
    base64_of,
    batch_of,
    post,
)
from tools.stack import ROOT, Stack

FILE = ROOT / "docs" / "seven.png"
SEVEN = FILE.read_bytes()
BASE64 = base64_of(SEVEN)
DATA_URL = f"data:image/png;base64,{BASE64}"
FIELD = urllib.parse.urlencode({"image": BASE64})
PIXELS = ([[0.0] * 28] * 28, [[[0]] * 28] * 28, {"image": [0] * 784})


def curl(stack: Stack, path: str, *arguments: str) -> Any:
    command = ["curl", "--silent", *arguments, stack.url + path]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data-binary", f"@{FILE}"],
        ["-F", f"data=@{FILE}"],
        ["-F", f"image=@{FILE};type=image/png", "-F", "note=a 7"],
        ["-F", 'note={"is": 7};type=application/json', "-F", f"image=@{FILE}"],
        ["-X", "POST", "-T", str(FILE)],
        ["-d", json.dumps({"image": BASE64})],
        ["-F", f"data=@{FILE}", "-H", "Transfer-Encoding: chunked"],
    ],
    ids=lambda arguments: " ".join(arguments)[:20],
)
def test_curl_needs_no_content_type(stack: Stack, arguments: list[str]) -> None:
    assert curl(stack, SINGLE, *arguments)["digit"] == 7
    assert curl(stack, NUMBERS, *arguments)["number"] == "7"


def test_put_is_405_with_the_call_that_works(stack: Stack) -> None:
    error = curl(stack, SINGLE, "-T", str(FILE))
    assert (error["code"], error["type"]) == (405, "MethodNotAllowed")
    assert "curl --data-binary @FILE URL" in error["message"]


def test_requests_needs_no_content_type(stack: Stack) -> None:
    url = stack.url + SINGLE
    with FILE.open("rb") as opened:
        answers = [
            requests.post(url, data=SEVEN, timeout=TIMEOUT_S),
            requests.post(url, data=opened, timeout=TIMEOUT_S),
            requests.post(url, files={"file": SEVEN}, timeout=TIMEOUT_S),
            requests.post(url, data={"note": "a 7"}, files={"file": ("a.png", SEVEN)}, timeout=TIMEOUT_S),
        ]
    assert [answer.json()["digit"] for answer in answers] == [7] * 4


@pytest.mark.parametrize("path", [BATCH, EXPLAIN])
@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded"])
def test_batch_needs_no_content_type(stack: Stack, path: str, content_type: str | None) -> None:
    body = json.dumps(batch_of([SEVEN])).encode()
    assert post(stack, path, body, content_type).json()["predictions"][0]["digit"] == 7


def test_several_files_of_a_form_are_told_where_they_go(stack: Stack) -> None:
    files = {"a": SEVEN, "b": SEVEN}
    error = assert_error(requests.post(stack.url + SINGLE, files=files, timeout=TIMEOUT_S), 400, "MalformedRequest")
    assert "2 files" in error["message"]


# What fetch() declares for a string, what axios and Invoke-RestMethod do, what the image would have, and nothing.
@pytest.mark.parametrize(
    "content_type", ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "image/png", None]
)
@pytest.mark.parametrize("text", [BASE64, DATA_URL, FIELD], ids=["base64", "URL", "field"])
def test_base64_as_the_body_is_told_how_it_is_sent(stack: Stack, text: str, content_type: str | None) -> None:
    response = post(stack, SINGLE, text.encode(), content_type)
    assert response.status_code in (400, 415)
    assert 'as JSON: {"image": "<base64>"}' in response.json()["message"].replace("application/json", "JSON")


@pytest.mark.parametrize(
    "body",
    [
        {"signature_name": "serving_default", "instances": [{"b64": BASE64}]},
        {"instances": [{"image_bytes": {"b64": BASE64}, "key": "0"}]},
        {"instances": [{"content": BASE64}], "parameters": {"confidenceThreshold": 0.5, "maxPredictions": 5}},
        {"instances": [{"data": DATA_URL}]},
        {"instances": [{"content": DATA_URL}]},
        {"instances": [BASE64]},
        {"instances": [DATA_URL]},
    ],
    ids=lambda body: json.dumps(body)[:50],
)
def test_samples_of_other_servers_are_answered(stack: Stack, body: Any) -> None:
    assert post(stack, BATCH, body).json()["predictions"][0]["digit"] == 7


@pytest.mark.parametrize("picture", PIXELS, ids=["rows", "channel", "flat"])
def test_pixels_as_keras_has_them_are_told_how_they_are_sent(stack: Stack, picture: Any) -> None:
    body = {"signature_name": "serving_default", "instances": [picture]}
    [error] = post(stack, BATCH, body).json()["predictions"]
    call = error["message"].partition(f"POST {INFER}: ")[2].removesuffix(".")
    pixels = ", ".join(map(str, preprocess(drawings.seven()).ravel()))
    answer = post(stack, INFER, call.replace("<784 whole numbers from 0 to 255>", pixels).encode(), "application/json")
    assert answer.json()["outputs"][0]["data"] == [7]


def test_image_itself_as_a_batch_is_told_how_it_is_sent(stack: Stack) -> None:
    for content_type in ("application/json", "image/png", None):
        error = post(stack, BATCH, SEVEN, content_type).json()
        assert '{"instances": [{"image": {"b64": ' in error["message"]


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_compressed_body_is_read(stack: Stack, coding: str, compress: Any) -> None:
    encoding = {"Content-Encoding": coding}
    assert post(stack, SINGLE, compress(SEVEN), **encoding).json()["digit"] == 7
    assert post(stack, NUMBERS, compress(SEVEN), **encoding).json()["number"] == "7"
    body = compress(json.dumps(batch_of([SEVEN])).encode())
    assert post(stack, BATCH, body, "application/json", **encoding).json()["predictions"][0]["digit"] == 7
    tensor = {"name": "images", "datatype": "BYTES", "shape": [1], "data": [base64_of(SEVEN)]}
    body = compress(json.dumps({"inputs": [tensor]}).encode())
    assert post(stack, INFER, body, "application/json", **encoding).json()["outputs"][0]["data"] == [7]


def test_bomb_is_413_and_damaged_compression_400(stack: Stack) -> None:
    encoding = {"Content-Encoding": "gzip"}
    assert_error(post(stack, SINGLE, gzip.compress(bytes(2 << 20)), **encoding), 413, "PayloadTooLarge")
    bomb = gzip.compress(b" " * (64 << 20))
    assert_error(post(stack, BATCH, bomb, "application/json", **encoding), 413, "PayloadTooLarge")
    assert_error(post(stack, SINGLE, SEVEN, **encoding), 400, "MalformedRequest")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", 'x"\\'])
def test_other_coding_is_415_and_named(stack: Stack, coding: str) -> None:
    response = post(stack, SINGLE, SEVEN, **{"Content-Encoding": coding})
    error = assert_error(response, 415, "UnsupportedMediaType")
    assert (coding in error["message"]) == ('"' not in coding)
    assert "gzip or deflate" in error["message"]


def test_colon_of_a_path_may_be_escaped(stack: Stack) -> None:
    response = post(stack, "/v1/models/digits%3Apredict", batch_of([drawings.one()]))
    assert response.json()["predictions"][0]["digit"] == 1


@pytest.mark.parametrize("path", [SINGLE, NUMBERS, BATCH, INFER, "/v2"])
def test_slash_at_the_end_of_a_path_is_404_and_named(stack: Stack, path: str) -> None:
    response = requests.post(f"{stack.url}{path}/", data=SEVEN, timeout=TIMEOUT_S)
    assert response.status_code == 404
    assert "slash" in response.text
