"""Responses in place of the server's: recognitions, errors, and none. Each is a function that prepares a page."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Request, Route

PREDICTIONS = "**/predictions/digits"
NUMBERS = "**/predictions/numbers"

# A 28x28 PNG; its content does not matter to the page.
IMAGE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAFElEQVR42mNgGAWjYBSMglEw+AEABqwAAYqXkLcAAAAASUVORK5CYII="
)

Prepare = Callable[[Page], object]


def recognition(verdict: str, **probabilities: float) -> dict[str, Any]:
    """Return a recognition as the server sends it; probabilities are named d0 to d9."""
    values = [probabilities.get(f"d{digit}", 0.0) for digit in range(10)]
    return {
        "digit": values.index(max(values)),
        "confidence": max(values),
        "probabilities": values,
        "verdict": verdict,
        "ood_score": 0.5,
        "input": IMAGE,
        "model": {"name": "digits", "version": "1.0.0"},
    }


def answering(answer: dict[str, Any]) -> Prepare:
    """Answer every request with this recognition."""
    return lambda page: page.route(PREDICTIONS, lambda route: route.fulfill(status=200, body=json.dumps(answer)))


def holding(held: list[Route], requests: str = PREDICTIONS) -> Prepare:
    """Answer no request; append each to the list, so that the test can answer it later."""
    return lambda page: page.route(requests, lambda route: held.append(route))


def refusing(
    status: int, headers: dict[str, str] | None = None, *, times: int = 100, requests: str = PREDICTIONS
) -> Prepare:
    """Refuse the first requests with this status; the real server answers those after them."""
    refused: list[Route] = []

    def answer(route: Route) -> None:
        if len(refused) == times:
            return route.continue_()
        refused.append(route)
        body = {"code": status, "type": "Error", "message": "This is the server's message."}
        return route.fulfill(status=status, headers=headers, json=body)

    return lambda page: page.route(requests, answer)


def aborting(reason: str, requests: str = PREDICTIONS) -> Prepare:
    """Break the connection of every request."""
    return lambda page: page.route(requests, lambda route: route.abort(reason))


def stop_clock(page: Page) -> None:
    """Stop the page's timers: from now on only `page.clock.run_for` lets time pass, on every machine."""
    page.clock.install(time=0)
    page.clock.pause_at(3600)


def requests_of(page: Page) -> list[Request]:
    """Return a list that grows with every request for a recognition or a number."""
    requests: list[Request] = []

    def keep(request: Request) -> None:
        if "/predictions/" in request.url:
            requests.append(request)

    page.on("request", keep)
    return requests
