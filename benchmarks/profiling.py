"""Where a worker's time goes: py-spy's samples, grouped by step."""

import contextlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.record import PEER_BIN

RATE = 400  # samples a second

# A function on the stack → its step. The first of them that is on the stack counts.
STEPS = {
    "retrieve_msg": "TorchServe's frames",
    "create_predict_response": "TorchServe's frames",
    "Service.retrieve_data_for_inference": "TorchServe's frames",
    "DigitHandler._log": "log line",
    "parse": "fields and JSON",
    "DigitHandler.postprocess": "fields and JSON",
    "_open": "decoding",
    "decode": "decoding",
    "find_ink": "finding ink",
    "Ink.has_plain_surroundings": "finding ink",
    "Ink.is_one_drawing": "finding ink",
    "scale": "scaling, centering",
    "center": "scaling, centering",
    "Session.run": "network",
    "Recognizer._recognition": "answer and its PNG",
}
OTHER = "rest of the worker"
WAITING = "ReadAhead._fill"  # as the innermost function: the worker waits for a request


@contextlib.contextmanager
def sampling(pid: int, file: Path, seconds: int) -> Iterator[None]:
    """Sample a process during the block, which must last as long.

    Args:
        pid: The process. Reading its memory needs root.
        file: To write: stacks, and how often each was seen.
        seconds: How long.

    Raises:
        RuntimeError: py-spy could not read the process.
    """
    command = [str(PEER_BIN / "py-spy"), "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(RATE)]
    sampler = subprocess.Popen(
        [*command, "--format", "raw", "--output", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield
    _, errors = sampler.communicate()
    if sampler.returncode:
        raise RuntimeError(f"py-spy: {errors.strip()}")


def shares(samples: str) -> dict[str, float]:
    """Return each step's share of the samples, without those in which the worker waits, in the order of STEPS.

    Args:
        samples: One stack on a line, outermost function first, `function (file:line);…`, and how often it was seen.
    """
    found: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, count = line.rpartition(" ")
        functions = [frame.partition(" (")[0] for frame in stack.split(";")]
        if functions[-1] != WAITING:
            step = next((step for function, step in STEPS.items() if function in functions), OTHER)
            found[step] += int(count)
    return {step: found[step] / found.total() for step in dict.fromkeys([*STEPS.values(), OTHER]) if found[step]}
