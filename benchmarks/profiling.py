"""Where a worker's time goes: py-spy's samples, sorted by what the worker was doing."""

import contextlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import PEER_BIN

RATE = 400  # samples a second

# A function on the stack → the step that it is; the first that is found counts, in this order.
STEPS = {
    "retrieve_msg": "TorchServe's frames",
    "create_predict_response": "TorchServe's frames",
    "Service.retrieve_data_for_inference": "TorchServe's frames",
    "DigitHandler._log": "log line",
    "DigitHandler.preprocess": "fields and JSON",
    "DigitHandler.postprocess": "fields and JSON",
    "_open": "decoding",
    "decode": "decoding",
    "find_ink": "finding ink",
    "scale": "scaling, centring",
    "centre": "scaling, centring",
    "Session.run": "network",
    "Recognizer._answers": "answer, its picture",
}
OTHER = "rest of the worker"
WAITING = "ReadAhead._fill"  # innermost: the worker waits for a request


@contextlib.contextmanager
def sampling(pid: int, form: str, file: Path, seconds: int) -> Iterator[None]:
    """Sample a process during the block, which must last that long.

    Args:
        pid: The process; to look into it takes root.
        form: Of the file: raw (stacks and how often they were seen) or flamegraph (a picture).
        file: What is written.
        seconds: How long.

    Raises:
        RuntimeError: py-spy could not look into the process.
    """
    command = [str(PEER_BIN / "py-spy"), "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(RATE)]
    sampler = subprocess.Popen(
        [*command, "--format", form, "--output", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield
    _, said = sampler.communicate()
    if sampler.returncode:
        raise RuntimeError(f"py-spy: {said.strip()}")


def shares(samples: str) -> dict[str, float]:
    """Return each step's share of the samples, without the waiting, in the order of STEPS.

    Args:
        samples: One stack a line, outermost first, `function (file:line);…`, and how often it was seen.
    """
    found: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, count = line.rpartition(" ")
        functions = [frame.partition(" (")[0] for frame in stack.split(";")]
        if functions[-1] != WAITING:
            step = next((step for function, step in STEPS.items() if function in functions), OTHER)
            found[step] += int(count)
    return {step: found[step] / found.total() for step in dict.fromkeys([*STEPS.values(), OTHER]) if found[step]}
