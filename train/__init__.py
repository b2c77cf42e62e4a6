"""Training, evaluation and packing of the model; imports `handler`, never the reverse."""

import os

# The matrices of preprocessing are so small that threads only wait for each other; torch has its own threads. Both
# variables are read when numpy and torch are first imported, hence here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Threads that spin while they wait for each other make training ten times as slow once another program wants a core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
