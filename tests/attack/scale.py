"""How large the attacks are: as in `make attack`, or a part of it that `make test` has the time for."""

import os
from typing import TypeVar

FULL = os.environ.get("ATTACK_SCALE") == "full"
Amount = TypeVar("Amount", int, float)


def scaled(full: Amount, bounded: Amount) -> Amount:
    """Return one of two amounts: ATTACK_SCALE=full asks for the first."""
    return full if FULL else bounded
