"""Each statement of torchserve/vex.json: the attack on TorchServe's own port, and on nginx.

TorchServe's Netty will not be renewed. That TorchServe's own port is open to these attacks shows why only nginx may
reach it.
"""

import json
import re
import socket
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import drawings
from tests.integration.api import SINGLE
from tools.stack import ROOT, Stack

VEX = json.loads((ROOT / "torchserve" / "vex.json").read_text())
CLAIMS = {item["id"]: item for item in VEX["vulnerabilities"]}
HEALTHY = b'"status": "Healthy"'  # TorchServe's answer to the request that an attack hides

HIDDEN = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = f"POST {SINGLE} HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = b"0\r\n\r\n" + HIDDEN
BOTH = b"Connection: keep-alive\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(BODY)
# The bytes, and how nginx answers them first.
SMUGGLED = {
    "CVE-2025-58056": (CHUNKED + b"1;a\nX\r\n" + BODY, 400),  # X is no image; the rest is a request to nginx
    "CVE-2026-33870": (CHUNKED + b'1;a="\r\nX\r\n' + BODY, 400),
    "CVE-2026-42581": (HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + BOTH + BODY, 400),
    "CVE-2026-50020": (b"\0\1\2" + HIDDEN, 400),
    "CVE-2026-89044": (HEAD + b"Transfer-Encoding: chunked, xchunked\r\n\r\n1\r\nX\r\n" + BODY, 501),
}
OTHERS = {"CVE-2024-29025", "CVE-2026-33871"}


def answers(stack: Stack, port: str, request: bytes) -> bytes:
    """Send bytes, and return all that comes back until nothing more comes."""
    with socket.create_connection(("127.0.0.1", stack.ports[port]), timeout=3) as connection:
        connection.sendall(request)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def statuses(received: bytes) -> list[int]:
    """Return the statuses of the responses in what was received."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


def test_every_claim_has_a_test() -> None:
    assert CLAIMS.keys() == SMUGGLED.keys() | OTHERS
    assert {item["analysis"]["state"] for item in CLAIMS.values()} == {"not_affected"}


def test_claims_are_about_the_libraries_that_torchserve_has() -> None:
    spec = find_spec("ts")
    assert spec is not None
    assert spec.origin is not None
    with zipfile.ZipFile(Path(spec.origin).parent / "frontend" / "model-server.jar") as jar:
        versions = jar.read("META-INF/io.netty.versions.properties").decode().split()
    for component in VEX["components"]:
        assert component["group"] == "io.netty"
        assert f"{component['name']}.version={component['version']}" in versions
    refs = {component["bom-ref"] for component in VEX["components"]}
    assert {affected["ref"] for item in CLAIMS.values() for affected in item["affects"]} == refs


@pytest.mark.parametrize("name", SMUGGLED)
def test_hidden_request_is_answered_by_torchserve_and_not_through_nginx(stack: Stack, name: str) -> None:
    attack, status = SMUGGLED[name]
    assert HEALTHY in answers(stack, "TORCHSERVE_PORT", attack)
    received = answers(stack, "PORT", attack)
    assert HEALTHY not in received
    first, *rest = statuses(received)
    assert first == status
    assert set(rest) <= {404}  # nginx's own, for a path that it does not have


def test_cve_2024_29025_form_is_read_by_netty_and_not_if_it_came_through_nginx(stack: Stack) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="data"; filename="7.png"\r\nContent-Type: image/png\r\n\r\n'
    form += drawings.seven() + b"\r\n--x--\r\n"
    head = HEAD.replace(b"image/png", b"multipart/form-data; boundary=x") + b"Content-Length: %d\r\n\r\n" % len(form)
    # The handler gets the image that Netty has read from the form, and a Content-Type that is not that of an image.
    assert statuses(answers(stack, "TORCHSERVE_PORT", head + form)) == [415]
    # The handler gets the form.
    assert statuses(answers(stack, "PORT", head + form)) == [200]


def test_cve_2026_33871_no_port_speaks_http_2(stack: Stack) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
    upgrade = HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    settings_frame = b"\0\4\0\0\0\0\0"  # the type and the rest of the header of an HTTP/2 server's first frame
    for port in ("TORCHSERVE_PORT", "PORT"):
        for request in (preface, upgrade):
            received = answers(stack, port, request)
            assert settings_frame not in received
            assert 101 not in statuses(received)
            assert statuses(received)
