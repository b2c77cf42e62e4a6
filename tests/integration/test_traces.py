"""Every request has a trace in the format of W3C Trace Context: in the response, in the access log, and if the caller
records it, in the worker's log."""

import json
from typing import Any

import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE, TRACEPARENT, lines_with, post, raw
from tools.stack import Stack

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{PARENT}-01"
INVALID = [
    "",
    VALID.upper(),
    VALID + "-",
    VALID + "-extra",
    VALID[:-1],
    f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"ff-{TRACE}-{PARENT}-01",
    f"cc-{TRACE}-{PARENT}-01x",
    f"{VALID}, {VALID}",
    f'{VALID[:-2]}"}}',
    "a" * 4000,
]


def logged_by_the_worker(stack: Stack, request_id: str) -> dict[str, Any]:
    """Return what the worker's log says of a request."""
    [batch] = lines_with(request_id, stack.run_dir / "torchserve.log")
    request: dict[str, Any]
    [request] = [one for one in json.loads(batch)["requests"] if one["id"] == request_id]
    return request


@pytest.mark.parametrize("body", [drawings.seven(), drawings.blank()], ids=["answer", "error"])
def test_clients_trace_is_in_the_response_and_in_both_logs_beside_the_request_id(stack: Stack, body: bytes) -> None:
    response = post(stack, SINGLE, body, traceparent=VALID)
    assert response.raw.headers.getlist("traceparent") == [VALID]
    own = response.headers["X-Request-ID"]
    [logged] = lines_with(own, stack.run_dir / "access.log")
    assert json.loads(logged)["traceparent"] == VALID
    assert logged_by_the_worker(stack, own)["traceparent"] == VALID


def test_request_without_a_trace_starts_one_that_the_access_log_has(stack: Stack) -> None:
    responses = [post(stack, SINGLE, drawings.seven()) for _ in range(2)]
    first, second = (response.headers["traceparent"] for response in responses)
    assert TRACEPARENT.fullmatch(first)
    assert first[:35] != second[:35]
    assert len(lines_with(first, stack.run_dir / "access.log")) == 1
    assert "traceparent" not in logged_by_the_worker(stack, responses[0].headers["X-Request-ID"])


@pytest.mark.parametrize(("flags", "is_recorded"), [("00", False), ("01", True), ("02", False), ("03", True)])
def test_workers_log_has_the_traces_that_callers_record(stack: Stack, flags: str, is_recorded: bool) -> None:
    trace = VALID[:-2] + flags
    response = post(stack, SINGLE, drawings.seven(), traceparent=trace)
    assert response.headers["traceparent"] == trace
    assert (logged_by_the_worker(stack, response.headers["X-Request-ID"]).get("traceparent") == trace) == is_recorded


@pytest.mark.parametrize("invalid", INVALID)
def test_invalid_trace_is_replaced_and_never_logged(stack: Stack, invalid: str) -> None:
    response = requests.get(f"{stack.url}/openapi.json", headers={"traceparent": invalid}, timeout=10)
    given = response.headers["traceparent"]
    assert TRACEPARENT.fullmatch(given)
    assert TRACE not in given
    [logged] = lines_with(response.headers["X-Request-ID"], stack.run_dir / "access.log")
    assert json.loads(logged)["traceparent"] == given


@pytest.mark.parametrize(
    ("later", "as_version_00"),
    [
        (f"01-{TRACE}-{PARENT}-03", f"00-{TRACE}-{PARENT}-01"),
        (f"fe-{TRACE}-{PARENT}-02-more-fields", f"00-{TRACE}-{PARENT}-00"),
    ],
)
def test_later_version_of_the_header_is_handed_on_as_version_00(stack: Stack, later: str, as_version_00: str) -> None:
    response = requests.get(f"{stack.url}/healthz", headers={"traceparent": later}, timeout=10)
    assert response.headers["traceparent"] == as_version_00


def test_request_that_is_not_http_has_a_trace_too(stack: Stack) -> None:
    status, headers, _ = raw(stack, b"GET / HTTP/1.1\r\n\r\n")
    assert status == 400
    assert TRACEPARENT.fullmatch(headers["traceparent"])
