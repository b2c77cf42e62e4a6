"""What every answer of the contract looks like."""

from collections.abc import Container
from http import HTTPStatus

from tests.attack.client import Answer

SUCCESS = 200
HONEST_5XX = {501, 503, 505}  # what nginx cannot do for the client, and overload


def assert_contract(answer: Answer, statuses: Container[int] | None = None) -> None:
    """Check that an answer is a success, or an error of the contract.

    Args:
        answer: The answer.
        statuses: The statuses that it may have; by default all but a 5xx that blames the service.
    """
    found = broken(answer)
    assert found is None, f"{found}: {answer}"
    assert statuses is None or answer.status in statuses, answer


def broken(answer: Answer, *, is_tensor: bool = False) -> str | None:
    """Return how an answer breaks the contract, or None; the Open Inference Protocol has errors of its own form."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return None
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in HONEST_5XX:
        return "a 5xx that is no honest 503"
    if answer.headers.get("content-type") != "application/json" or not answer.headers.get("x-request-id"):
        return "an error without application/json or X-Request-ID"
    try:
        error = answer.json()
    except ValueError:
        return "an error that is not JSON"
    fields = {"error"} if is_tensor else {"code", "type", "message"}
    if not isinstance(error, dict) or error.keys() != fields or error.get("code", answer.status) != answer.status:
        return "an error of another form"
    if answer.status in (429, 503) and not answer.headers.get("retry-after", "").isdigit():
        return "a refusal without Retry-After"
    return None
