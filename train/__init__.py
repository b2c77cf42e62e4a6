"""Training, evaluation and packing of the model; imports `handler`, never the reverse."""

import os

# The matrices of preprocessing are so small that threads only wait for each other; torch has its own threads. This is
# read when numpy is first imported, hence here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
