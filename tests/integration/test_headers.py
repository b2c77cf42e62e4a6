"""The headers of every kind of response: security, caching, compression, request id."""

import json
import uuid
from collections.abc import Callable

import pytest
import requests

from tests import drawings
from tests.integration.api import BATCH, SINGLE, batch_of, lines_with, post
from tools.stack import Stack

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "nginx",
}
Call = Callable[[Stack], requests.Response]
RESPONSES: dict[str, Call] = {
    "page": lambda stack: requests.get(f"{stack.url}/", timeout=10),
    "file": lambda stack: requests.get(f"{stack.url}/openapi.json", timeout=10),
    "answer": lambda stack: post(stack, SINGLE, drawings.seven()),
    "batch": lambda stack: post(stack, BATCH, batch_of([drawings.seven()])),
    "health": lambda stack: requests.get(f"{stack.url}/healthz", timeout=10),
    "ready": lambda stack: requests.get(f"{stack.url}/readyz", timeout=10),
    "handler's error": lambda stack: post(stack, SINGLE, drawings.blank()),
    "415": lambda stack: post(stack, SINGLE, b"x", "text/plain"),
    "413": lambda stack: post(stack, SINGLE, bytes(3 << 20)),
    "404": lambda stack: requests.get(f"{stack.url}/nothing", timeout=10),
    "412": lambda stack: requests.get(f"{stack.url}/", headers={"If-Match": '"x"'}, timeout=10),
    "chunked 413": lambda stack: post(stack, SINGLE, iter([bytes(3 << 20)])),
    "405": lambda stack: requests.delete(f"{stack.url}/", timeout=10),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_has_each_security_header_once(stack: Stack, name: str) -> None:
    response = RESPONSES[name](stack)
    for header, value in SECURITY.items():
        assert response.raw.headers.getlist(header) == [value]
    [policy] = response.raw.headers.getlist("Content-Security-Policy")
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["object-src"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    [permissions] = response.raw.headers.getlist("Permissions-Policy")
    assert "camera=()" in permissions
    assert len(response.raw.headers.getlist("Content-Type")) == 1
    assert "Pragma" not in response.headers


def test_answers_and_errors_are_never_stored(stack: Stack) -> None:
    for name in RESPONSES.keys() - {"page", "file"}:
        assert RESPONSES[name](stack).raw.headers.getlist("Cache-Control") == ["no-store"], name


@pytest.mark.parametrize("path", ["/", "/openapi.json"])
def test_files_are_revalidated_by_etag(stack: Stack, path: str) -> None:
    first = requests.get(stack.url + path, timeout=10)
    assert first.headers["Cache-Control"] == "no-cache"
    again = requests.get(stack.url + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
    assert again.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("range_", ["bytes=0-1", "bytes=10000000-", "bytes=0-0,2-3", "x"])
def test_range_is_ignored(stack: Stack, range_: str) -> None:
    response = requests.get(f"{stack.url}/openapi.json", headers={"Range": range_}, timeout=10)
    assert response.status_code == 200
    assert response.json()["openapi"]


@pytest.mark.parametrize("path", ["/", "/page.js", "/openapi.json"])
def test_files_are_compressed_for_clients_that_accept_gzip(stack: Stack, path: str) -> None:
    plain = requests.get(stack.url + path, headers={"Accept-Encoding": "identity"}, timeout=10)
    packed = requests.get(stack.url + path, headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.content == plain.content


def test_text_files_have_a_character_set(stack: Stack) -> None:
    files = (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css"))
    for path, type_ in files:
        assert requests.get(stack.url + path, timeout=10).headers["Content-Type"] == f"{type_}; charset=utf-8"


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_has_its_own_request_id(stack: Stack, name: str) -> None:
    ids = [RESPONSES[name](stack).raw.headers.getlist("X-Request-ID") for _ in range(2)]
    assert len(ids[0]) == len(ids[1]) == 1
    assert ids[0] != ids[1]


@pytest.mark.parametrize("body", [drawings.seven(), drawings.blank(), b"broken"])
def test_clients_request_id_is_in_the_response_and_in_both_logs(stack: Stack, body: bytes) -> None:
    own = f"order-{uuid.uuid4()}"
    response = post(stack, SINGLE, body, **{"X-Request-ID": own})
    assert response.headers["X-Request-ID"] == own
    [logged] = lines_with(own, stack.run_dir / "access.log")
    line = json.loads(logged)
    assert (line["status"], line["method"], line["uri"]) == (response.status_code, "POST", SINGLE)
    assert float(line["upstream_seconds"]) <= line["seconds"] + 0.01
    assert line["upstream"] == f"127.0.0.1:{stack.ports['TORCHSERVE_PORT']}"
    assert len(lines_with(own, stack.run_dir / "torchserve.log")) == 1


@pytest.mark.parametrize("invalid", ["", "a b", "x" * 65, "a;rm", '"}{', "ä".encode().decode("latin-1"), "a/../b"])
def test_invalid_request_id_is_replaced(stack: Stack, invalid: str) -> None:
    response = post(stack, SINGLE, drawings.seven(), **{"X-Request-ID": invalid})
    assert response.status_code == 200
    given = response.headers["X-Request-ID"]
    assert given != invalid
    assert len(given) == 32
    assert set(given) <= set("0123456789abcdef")
