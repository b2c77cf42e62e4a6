"""Whether an answer is right, not only whether there is one."""

from typing import Any

PICTURE = "data:image/png;base64,"


def fault(answer: Any, digit: int) -> str | None:
    """Compare a recognition with the public contract and with the digit that was drawn.

    Args:
        answer: The parsed JSON.
        digit: What was drawn.

    Returns:
        What is wrong, or None.
    """
    try:
        probabilities = answer["probabilities"]
        if len(probabilities) != 10 or abs(sum(probabilities) - 1) > 1e-6:
            return "no ten probabilities whose sum is 1"
        if answer["digit"] != probabilities.index(max(probabilities)):
            return "the digit is not the most probable one"
        if answer["verdict"] not in ("digit", "unsure", "not_a_digit") or not answer["input"].startswith(PICTURE):
            return "no verdict or no picture"
        if answer["digit"] != digit:
            return f"a {digit} was read as {answer['digit']}"
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        return f"no recognition: {error!r}"
    return None


def batch_fault(answer: Any, digits: list[int]) -> str | None:
    """Compare the answer to a batch, as `fault` does for one image; the order must be the request's."""
    predictions = answer.get("predictions") if isinstance(answer, dict) else None
    if not isinstance(predictions, list) or len(predictions) != len(digits):
        return f"no list of {len(digits)} predictions"
    return next((found for found in map(fault, predictions, digits) if found), None)
