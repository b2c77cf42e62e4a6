"""Batching without the wait: a batch is what is in the queue when a worker is free.

TorchServe lets the first request of every batch wait up to maxBatchDelay for others, even when there are none, and
accepts no delay under a millisecond, which is longer than the model needs. While a worker is busy other requests gather
anyway, so the next batch is large without a wait. The only switch, a maxBatchDelay of 0 in
model_snapshot, ends every batch at two requests.

`Model.pollBatch` polls the queue again with the rest of the delay. The patch replaces the instruction that pushes the
rest of the delay by one that pushes 0. maxBatchDelay then only bounds how long a batch may be collected.
"""

from torchserve.patches.java_class import JavaPatch

PATCH = JavaPatch(
    path="org/pytorch/serve/wlm/Model.class",
    sha256="7c5523f1fe77fe79aa32665469e17725e70518692abcf4987989ef72f10d4cff",
    offset=17173,
    old=b"\x16\x06",  # lload 6: push local variable 6, the rest of the delay
    new=b"\x09\x00",  # lconst_0, nop
    without="every batch waits for maxBatchDelay",
)
