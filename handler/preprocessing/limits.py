"""How much an image, a request and a batch may cost. All but the time limit are checked before a pixel is decoded."""

MAX_BYTES = 1 << 20  # 1 MiB of encoded image
MAX_PIXELS = 4096 * 4096  # of one image
MAX_SIDE = 1 << 14  # pixels; a row of 2²⁴ pixels is within MAX_PIXELS, but its resampling weights would fill 5 GB

# All images of one request together: many tiny files can hold gigapixels.
MAX_REQUEST_PIXELS = 4 * MAX_PIXELS

# An image of MAX_PIXELS takes up to a second, and TorchServe kills a worker, with every request of its batch, after
# responseTimeout (model-config.yaml). Images over LARGE_PIXELS, far more than a drawing has, share LARGE_SECONDS.
LARGE_PIXELS = 1 << 20
LARGE_SECONDS = 3.0
