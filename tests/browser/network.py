"""The network between page and server, as it can be: late, refusing, broken."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Request, Route

PREDICTIONS = "**/predictions/digits"

# Any 28x28 PNG does where the page's words are tested.
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAFElEQVR42mNgGAWjYBSMglEw+AEABqwAAYqXkLcAAAAASUVORK5CYII="
)

Prepare = Callable[[Page], object]


def recognition(verdict: str, **probabilities: float) -> dict[str, Any]:
    """Return what the server would answer; probabilities are named d0 to d9."""
    values = [probabilities.get(f"d{digit}", 0.0) for digit in range(10)]
    return {
        "digit": values.index(max(values)),
        "confidence": max(values),
        "probabilities": values,
        "verdict": verdict,
        "ood_score": 0.5,
        "input": PICTURE,
        "model": {"name": "digits", "version": "1.0.0"},
    }


def answering(answer: dict[str, Any]) -> Prepare:
    """Answer everything with this recognition."""
    return lambda page: page.route(PREDICTIONS, lambda route: route.fulfill(status=200, body=json.dumps(answer)))


def holding(held: list[Route]) -> Prepare:
    """Answer nothing; whoever holds the list may do so later."""
    return lambda page: page.route(PREDICTIONS, lambda route: held.append(route))


def refusing(status: int, headers: dict[str, str] | None = None, *, times: int = 100) -> Prepare:
    """Refuse that many requests; the real server answers what comes after them."""
    refused: list[Route] = []

    def answer(route: Route) -> None:
        if len(refused) == times:
            return route.continue_()
        refused.append(route)
        body = {"code": status, "type": "Error", "message": "Said by the server."}
        return route.fulfill(status=status, headers=headers, json=body)

    return lambda page: page.route(PREDICTIONS, answer)


def requests_of(page: Page) -> list[Request]:
    """Return a list that grows with every recognition asked for."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/predictions/digits") else None)
    return asked
