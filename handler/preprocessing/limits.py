"""How much an image, a request and a batch may cost. All but the time limit are checked before a pixel is decoded."""

MAX_BYTES = 1 << 20  # 1 MiB of encoded image
MAX_PIXELS = 4096 * 4096  # of one image
MAX_SIDE = 1 << 14  # pixels; a row of 2²⁴ pixels is within MAX_PIXELS, but its resampling weights would fill 5 GB

# All images of one request together: many tiny files can hold gigapixels.
MAX_REQUEST_PIXELS = 4 * MAX_PIXELS

# An image with more pixels, or with more bytes unless it is a plain PNG, is large: a child process decodes it, within
# these limits of time of a core, time by the clock, and address space.
LARGE_PIXELS = 1 << 18
LARGE_BYTES = 1 << 16
LARGE_IMAGE_CPU_SECONDS = 1.0
LARGE_IMAGE_SECONDS = 3.0
DECODER_BYTES = 640 << 20

# All requests of a batch are answered together, and TorchServe kills a worker, with every request that it holds, after
# responseTimeout (model-config.yaml). So no large image is begun later than this, and no other one after the worker has
# used that much of a core.
LARGE_SECONDS = 0.5
BATCH_CPU_SECONDS = 1.0
