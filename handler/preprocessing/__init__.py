"""Encoded images → 28×28 pictures as MNIST has them: decoding, then ink, then normalization.

An "image" is what a client sends; a "picture" is the (28, 28) uint8 array, white ink on black, that the model sees.
"""

from handler.preprocessing.alternatives import Alternatives
from handler.preprocessing.budget import Budget
from handler.preprocessing.formats.png import encode_png
from handler.preprocessing.limits import MAX_BYTES
from handler.preprocessing.normalization import SIZE, normalize
from handler.preprocessing.pipeline import NumberImage, Preprocessed, decoder, preprocess, preprocess_requests
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.segments import Segments

__all__ = [
    "MAX_BYTES",
    "SIZE",
    "Alternatives",
    "Budget",
    "NumberImage",
    "Pixels",
    "Preprocessed",
    "Segments",
    "decoder",
    "encode_png",
    "normalize",
    "preprocess",
    "preprocess_requests",
]
