"""TorchServe's batching without its waiting: `patch_batching.py JAR FOLDER` prints the folder of the patched class.

TorchServe lets the first request of every batch wait up to maxBatchDelay for others, a lone one too, and takes no delay
under a millisecond: over half of what a lone request takes. While a worker is at work others gather anyway, so that the
next batch needs no waiting to be large. There will be no next release, and the only switch (a maxBatchDelay of 0 in
model_snapshot) ends every batch at two requests. So the one instruction that pushes the delay for which
`Model.pollBatch` polls the queue again is replaced by one that pushes 0: a batch is what is there. The archive's
maxBatchDelay then only bounds how long the collecting may take.

If the class is not that of TorchServe 0.12.0, byte for byte, it is left alone, and a warning says so.
"""

import hashlib
import sys
import zipfile
from pathlib import Path

CLASS = "org/pytorch/serve/wlm/Model.class"
SHA256 = "7c5523f1fe77fe79aa32665469e17725e70518692abcf4987989ef72f10d4cff"
OFFSET = 17173
LLOAD_6 = b"\x16\x06"  # push the local variable 6, a long: what is left of the delay
LCONST_0_NOP = b"\x09\x00"  # push 0, a long; do nothing


def patched(original: bytes) -> bytes | None:
    """Return the class without the waiting; None if it is not the class that is known."""
    if hashlib.sha256(original).hexdigest() != SHA256:
        return None
    end = OFFSET + len(LLOAD_6)
    assert original[OFFSET:end] == LLOAD_6
    return original[:OFFSET] + LCONST_0_NOP + original[end:]


def main(jar: str, folder: str) -> None:
    """Write the patched class into a folder to be put before the jar on the class path."""
    with zipfile.ZipFile(jar) as archive:
        code = patched(archive.read(CLASS))
    if code is None:
        print(f"patch_batching: {jar} is not TorchServe 0.12.0's: its batches wait for maxBatchDelay.", file=sys.stderr)
        return
    path = Path(folder) / CLASS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(code)
    print(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
