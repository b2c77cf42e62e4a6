"""How much an image, a request and a batch may cost.

All but the limits of time and memory are checked before a pixel is decoded. No image within these limits takes more
than half a second of CPU time on a recent server, or 300 MiB, to decode.
"""

MAX_BYTES = 1 << 20  # 1 MiB of encoded image
MAX_PIXELS = 4096 * 4096  # of one image
MAX_SIDE = 1 << 14  # pixels; a row of 2²⁴ pixels is within MAX_PIXELS, but its resampling weights would fill 5 GB

# Chunks of a PNG or WebP, segments of a JPEG, blocks before a GIF's frame. Reading one takes a microsecond or two, so a
# small file may have fewer: SPARE_PARTS, and one more for each BYTES_PER_PART. Ordinary files have a few dozen.
MAX_PARTS = 4096
SPARE_PARTS = 64
BYTES_PER_PART = 128
BYTES_PER_SUB_BLOCK = 32  # of a GIF, which programs write with 255; each row of them may have SPARE_PARTS more

# Bytes in the rows of a PNG, which take most of its time: MAX_PIXELS of RGBA, or half as many of 16 bits a channel.
# Interlaced rows take a third longer.
MAX_ROW_BYTES = 4 * MAX_PIXELS
MAX_INTERLACED_ROW_BYTES = 3 * MAX_PIXELS

# A PNG of 16-bit colors is decoded twice where their high bytes are not enough.
MAX_TWICE_DECODED_PIXELS = 1 << 22

# A PNG with many nonzero bytes in Paeth-filtered rows is slow to decode. A large one may have as many as an
# uncompressed file of MAX_BYTES could hold; only data that repeats itself has more. Counting takes a tenth of the
# decoding time, so smaller PNGs are not counted.
UNCHECKED_ROW_BYTES = 24 << 20
MAX_PAETH_DIFFERENCES = MAX_BYTES

# How often the scans of a JPEG may go over its blocks of 8×8 pixels, all channels together: as often as those of an
# ordinary progressive file of four channels do. A photograph has 18, or 11 where its colors have half the resolution.
# A small image counts as SMALL_BLOCKS.
MAX_PASSES = 32
SMALL_BLOCKS = 1 << 10

# Larger images are reduced by 2, 4, … before their ink is found, and then have at least a quarter of this. A digit that
# fills a fortieth of the longest side still has more pixels than the model sees. A screen of 1920×1080 is not reduced.
MAX_WORKING_PIXELS = 1 << 21

# Where a digit must be searched for, at most this many pixels are; others are halved once more.
MAX_SEARCHED_PIXELS = 1 << 20

# All images of one request together: many tiny files can hold gigapixels.
MAX_REQUEST_PIXELS = 4 * MAX_PIXELS

# An image with more pixels, or with more bytes unless it is a plain PNG, is large: a child process decodes it, within
# these limits of CPU time, wall-clock time and memory.
LARGE_PIXELS = 1 << 18
LARGE_BYTES = 1 << 16
LARGE_IMAGE_CPU_SECONDS = 1.0
LARGE_IMAGE_SECONDS = 3.0
DECODER_BYTES = 512 << 20

# All requests of a batch are answered together, and TorchServe kills a worker, with every request that it holds, after
# responseTimeout (model-config.yaml). So no request is started with a large image after LARGE_SECONDS or after an image
# that took more than COSTLY_SECONDS, which few photographs do; or with another one after the worker has used
# BATCH_CPU_SECONDS of CPU time. Requests that were started before, and had no costly image, go on for at most
# REQUEST_SECONDS longer than LARGE_SECONDS. All but BATCH_CPU_SECONDS are wall-clock time.
LARGE_SECONDS = 0.5
REQUEST_SECONDS = 1.5
COSTLY_SECONDS = 0.25
BATCH_CPU_SECONDS = 1.0

# Small requests have workers of their own, so that a drawing waits for no other image. These read no large image, and
# start none after so much CPU time of a batch: requests whose images are not read by then go to the other workers.
SMALL_CPU_SECONDS = 0.25
