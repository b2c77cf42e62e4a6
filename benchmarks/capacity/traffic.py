"""Traffic to simulate: requests that arrive in each second."""

import numpy as np
from numpy.typing import NDArray

Arrivals = NDArray[np.float64]

DAY_S = 86_400
TROUGH = 0.15  # of the peak, at four in the morning
NOISE, NOISE_S = 0.05, 60.0  # by how much, and for how long, a minute differs from the curve


def diurnal(peak: float, seed: int = 1) -> Arrivals:
    """Return a day: quiet at four in the morning, busiest at four in the afternoon, restless from minute to minute.

    Args:
        peak: Requests in the busiest second.
        seed: Of the restlessness.

    Returns:
        Requests in each of the day's seconds, from midnight.
    """
    hours = np.arange(DAY_S) / 3600
    curve = TROUGH + (1 - TROUGH) * (0.5 - 0.5 * np.cos((hours - 4) / 24 * 2 * np.pi)) ** 1.5
    restless = curve * np.exp(NOISE * _wander(DAY_S, seed))
    return peak * restless / restless.max()


def flash_crowd(peak: float, quiet: float = 0.1, rise_s: int = 120, hold_s: int = 900) -> Arrivals:
    """Return two hours in which everybody comes at once.

    Args:
        peak: Requests in each second while all are there.
        quiet: Share of the peak before, from the begin for half an hour.
        rise_s: Seconds until all are there.
        hold_s: Seconds that they stay; then half of those who are left go every five minutes.

    Returns:
        Requests in each second.
    """
    seconds = np.arange(7200.0)
    since = seconds - 1800
    rising = quiet + (1 - quiet) * np.clip(since / rise_s, 0, 1)
    falling = quiet + (1 - quiet) * 0.5 ** (np.clip(since - rise_s - hold_s, 0, None) / 300)
    return peak * np.minimum(rising, falling)


def _wander(seconds: int, seed: int) -> Arrivals:
    """Return noise of mean 0 and deviation 1 that remembers NOISE_S seconds."""
    steps = np.random.default_rng(seed).normal(size=seconds)
    kernel = np.exp(-np.arange(int(5 * NOISE_S)) / NOISE_S)
    smooth = np.convolve(steps, kernel / np.sqrt((kernel**2).sum()), mode="full")
    return smooth[:seconds]
