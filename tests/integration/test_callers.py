"""Who may call: API keys (API_KEYS) and scripts of other origins (CORS_ORIGINS). Neither is on by default."""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests import drawings
from tests.integration.api import BATCH, EXPLAIN, NUMBERS, SINGLE, TIMEOUT_S, assert_error, batch_of, lines_with, post
from tests.waiting import wait_until
from tools.stack import Stack, ready_stack, starting_stack

KEY, SECOND, SUSPENDED = (secrets.token_hex(32) for _ in range(3))
ORIGIN, OTHER = "https://app.example.com", "http://localhost:3000"
RATE = 5  # requests per second and, above that, at once


def line(key: str, name: str, *rest: str) -> str:
    return " ".join([hashlib.sha256(key.encode()).hexdigest(), name, *rest])


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a service that wants API keys and answers scripts of two other origins."""
    file = tmp_path_factory.mktemp("keys") / "api-keys"
    lines = ["# callers", "", line(KEY, "scanner"), line(SECOND, "till.2"), line(SUSPENDED, "old", "suspended")]
    file.write_text("\n".join(lines))
    for folder in (file, *file.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o555)
    settings = {"API_KEYS": str(file), "CORS_ORIGINS": f"{ORIGIN} {OTHER}"}
    limits = {"API_KEY_RATE_LIMIT": f"{RATE}r/s", "API_KEY_RATE_BURST": str(RATE)}
    with ready_stack(WORKERS="1", RATE_LIMIT="10000r/s", RATE_BURST="10000", **settings, **limits) as running:
        yield running


def refill() -> None:
    """Wait until a key may send as many requests at once as at the start."""
    time.sleep(1.2)


@pytest.mark.parametrize("path", [SINGLE, NUMBERS, BATCH, EXPLAIN])
def test_prediction_needs_a_key(keyed: Stack, path: str) -> None:
    refill()
    body = batch_of([drawings.seven()]) if path in (BATCH, EXPLAIN) else drawings.seven()
    without = post(keyed, path, body)
    assert_error(without, 401, "Unauthorized")
    assert without.headers["WWW-Authenticate"] == 'Bearer realm="digits"'
    assert post(keyed, path, body, **bearer(KEY)).status_code == 200
    assert post(keyed, path, body, **bearer(SUSPENDED)).status_code == 403


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        f"Basic {KEY}",
        f"Bearer {KEY[:-1]}",
        f"Bearer {KEY}0",
        f"Bearer {KEY} {KEY}",
        f"Bearer {KEY.upper()}",
        "Bearer " + hashlib.sha256(KEY.encode()).hexdigest(),  # as the file has it
        "Bearer " + "a" * 6000,
        "Bearer \xe9",
    ],
)
def test_what_is_not_a_key_is_401(keyed: Stack, authorization: str) -> None:
    assert_error(post(keyed, SINGLE, drawings.seven(), Authorization=authorization), 401, "Unauthorized")


def test_suspended_key_is_403_and_its_caller_is_in_the_log(keyed: Stack) -> None:
    response = post(keyed, SINGLE, drawings.seven(), **bearer(SUSPENDED))
    assert_error(response, 403, "Forbidden")
    [logged] = lines_with(response.headers["X-Request-ID"], keyed.run_dir / "access.log")
    assert (json.loads(logged)["caller"], json.loads(logged)["status"]) == ("old", 403)


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/healthz", "/readyz", "/v1/models/digits"])
def test_page_description_and_health_need_no_key(keyed: Stack, path: str) -> None:
    assert requests.get(keyed.url + path, timeout=TIMEOUT_S).status_code == 200


def test_caller_is_in_the_access_log_and_the_key_in_no_file(keyed: Stack) -> None:
    refill()
    response = post(keyed, SINGLE, drawings.seven(), **bearer(SECOND))
    [logged] = lines_with(response.headers["X-Request-ID"], keyed.run_dir / "access.log")
    assert json.loads(logged)["caller"] == "till.2"
    files = [path for path in keyed.run_dir.rglob("*") if path.is_file()]
    assert [path for path in files if SECOND.encode() in path.read_bytes()] == []


def test_each_key_has_a_rate_limit_of_its_own(keyed: Stack) -> None:
    refill()
    with ThreadPoolExecutor(4 * RATE) as clients:
        responses = list(clients.map(lambda _: post(keyed, SINGLE, drawings.blank(), **bearer(KEY)), range(4 * RATE)))
    refused = [response for response in responses if response.status_code != 422]
    assert 0 < len(refused) <= 3 * RATE
    for response in refused:
        assert_error(response, 429, "TooManyRequests")
        assert response.headers["Retry-After"] == "1"
    assert post(keyed, SINGLE, drawings.blank(), **bearer(SECOND)).status_code == 422


def preflight(stack: Stack, path: str, origin: str, **headers: str) -> requests.Response:
    sent = {"Origin": origin, "Access-Control-Request-Method": "POST", **headers}
    return requests.options(stack.url + path, headers=sent, timeout=TIMEOUT_S)


@pytest.mark.parametrize("origin", [ORIGIN, OTHER])
@pytest.mark.parametrize("path", [SINGLE, BATCH])
def test_preflight_of_a_listed_origin_is_answered_without_a_key(keyed: Stack, origin: str, path: str) -> None:
    response = preflight(keyed, path, origin)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert {"Authorization", "Content-Type"} <= set(response.headers["Access-Control-Allow-Headers"].split(", "))
    assert int(response.headers["Access-Control-Max-Age"]) > 600
    assert "Origin" in response.headers["Vary"]


def test_script_of_a_listed_origin_may_read_answers_errors_and_their_headers(keyed: Stack) -> None:
    refill()
    answers = [
        post(keyed, SINGLE, drawings.seven(), Origin=ORIGIN, **bearer(KEY)),
        post(keyed, SINGLE, drawings.blank(), Origin=ORIGIN, **bearer(KEY)),
        post(keyed, SINGLE, drawings.seven(), Origin=ORIGIN),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 401]
    for answer in answers:
        assert answer.raw.headers.getlist("Access-Control-Allow-Origin") == [ORIGIN]
        assert {"X-Request-ID", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", ORIGIN + ".evil.example", ORIGIN + ":444", "null", "*", "", f"x{ORIGIN}"],
)
def test_other_origins_get_no_permission(keyed: Stack, origin: str) -> None:
    asked = preflight(keyed, SINGLE, origin)
    assert asked.status_code == 401
    refill()
    answer = post(keyed, SINGLE, drawings.seven(), Origin=origin, **bearer(KEY))
    assert answer.status_code == 200
    for response in (asked, answer):
        assert not [name for name in response.headers if name.lower().startswith("access-control")]
        assert "Origin" in response.headers["Vary"]  # a cache must not give this answer to a listed origin


def test_by_default_there_is_no_key_and_no_other_origin(stack: Stack) -> None:
    answer = post(stack, SINGLE, drawings.seven(), Origin=ORIGIN)
    assert answer.status_code == 200
    assert_error(preflight(stack, SINGLE, ORIGIN), 405, "MethodNotAllowed")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert "Vary" not in answer.headers
    rendered = "".join(path.read_text() for path in (stack.run_dir / "nginx").iterdir() if path.name == "callers.conf")
    assert rendered == "include anyone.conf;\n"


def test_service_does_not_start_with_a_bad_keys_file() -> None:
    with starting_stack(API_KEYS="/nowhere/api-keys") as stack:
        wait_until(lambda: stack.process.poll() is not None)
        output, _ = stack.process.communicate()
    assert stack.process.returncode == 1
    assert "tools/run: API_KEYS=/nowhere/api-keys is not a file that user" in output
