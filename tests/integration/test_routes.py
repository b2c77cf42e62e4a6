"""The routes, their methods, and that there are no others."""

import pytest
import requests

import handler
from tests import drawings
from tests.integration.api import BATCH, EXPLAIN, NUMBERS, SINGLE, assert_error, raw
from tools.stack import ROOT, Stack

PUBLIC = ROOT / "web" / "public"
FILES = {
    "/" + str(path.relative_to(PUBLIC)): path
    for path in PUBLIC.rglob("*")
    if path.is_file() and path.parent.name not in ("scripts", "styles")
}
GET_ROUTES = ["/", "/openapi.json", "/healthz", "/readyz", "/v1/models/digits"]


def test_page_and_all_its_files_are_served_unchanged(stack: Stack) -> None:
    assert "/index.html" in FILES
    assert requests.get(f"{stack.url}/", timeout=10).content == FILES["/index.html"].read_bytes()
    for path, file in FILES.items():
        response = requests.get(stack.url + path, timeout=10)
        assert (response.status_code, response.content) == (200, file.read_bytes()), path
        assert response.headers["Content-Type"] != "application/octet-stream", path


@pytest.mark.parametrize(("path", "folder"), [("/page.js", "scripts"), ("/page.css", "styles")])
def test_scripts_and_styles_are_served_as_one_file_each(stack: Stack, path: str, folder: str) -> None:
    served = requests.get(stack.url + path, timeout=10).text
    for file in (PUBLIC / folder).iterdir():
        text = "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("import "))
        assert text in served, file.name


def test_health_and_readiness_are_reported(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/healthz", timeout=10).json() == {"status": "ok"}
    for path in ("/readyz", "/v1/models/digits"):
        response = requests.get(stack.url + path, timeout=10)
        assert response.headers["Content-Type"] == "application/json"
        assert response.json() == {"name": "digits", "ready": True}


@pytest.mark.parametrize("path", GET_ROUTES)
def test_head_returns_the_headers_of_get(stack: Stack, path: str) -> None:
    get = requests.get(stack.url + path, headers={"Accept-Encoding": ""}, timeout=10)
    head = requests.head(stack.url + path, headers={"Accept-Encoding": ""}, timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    for name in get.headers.keys() - {"Date", "X-Request-ID", "traceparent"}:
        assert head.headers.get(name) == get.headers[name], name


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        (method, path, allowed)
        for path, allowed in [
            *((path, "GET, HEAD") for path in GET_ROUTES),
            (SINGLE, "POST"),
            (NUMBERS, "POST"),
            (BATCH, "POST"),
            (EXPLAIN, "POST"),
        ]
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
        if method not in allowed
    ],
)
def test_other_methods_are_rejected_with_405_and_an_allow_header(
    stack: Stack, method: str, path: str, allowed: str
) -> None:
    request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    status, headers, body = raw(stack, request.encode())
    assert status == 405
    assert headers["allow"].upper() == allowed
    assert headers["content-type"] == "application/json"
    assert body.startswith(b"" if method == "HEAD" else b'{"code":405,"type":"MethodNotAllowed","message":"')


@pytest.mark.parametrize(
    "path",
    [
        "/ping",
        "/models",
        "/models/digits",
        "/models/digits/invoke",
        "/models?url=http://example.com/x.mar",
        "/metrics",
        "/api-description",
        "/invocations?model_name=digits",
        "/explanations/digits",
        "/predictions",
        "/predictions/",
        "/predictions/digits/",
        f"/predictions/digits/{handler.__version__}",
        f"/predictions/digits/{handler.__version__}/ready",
        "/predictions/numbers/",
        f"/predictions/numbers/{handler.__version__}",
        "/predictions/other",
        "//predictions/digits",
        "/digits/predict",
        "/v1/models",
        "/v1/models/other:explain",
        "/v1/models/other:predict",
        "/wfpredict/digits",
        "/workflows",
        "/token",
        "/error",
        "/body_is_read",
        "/@small",
        "/none",
        "/favicon.png",
        "/styles/x.css",
        "/x.html",
        "/x.png",
        "/x.txt",
        "/index",
        "/index.html~",
        "/.git/config",
        "/scripts",
        "/scripts/",
        "/scripts/main.js",
        "/styles/layout.css",
        "/page.js/",
        "/public/page.js",
        "/nginx.conf",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_every_other_path_is_404(stack: Stack, path: str, method: str) -> None:
    response = requests.request(
        method, stack.url + path, data=drawings.seven(), headers={"Content-Type": "image/png"}, timeout=10
    )
    assert_error(response, 404, "NotFound")
