"""PNG samples of any depth → 8 bits; those of 16 may hold fewer: a sensor's 10 or 12, or a narrow window of the range.

The format: https://www.w3.org/TR/png-3/.
"""

import io
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile

from handler.errors import ImageTooLarge
from handler.preprocessing.limits import MAX_TWICE_DECODED_PIXELS
from handler.preprocessing.pixels import Pixels

_BITS = 24  # where a PNG says how many bits a sample has
_WINDOW = 1 / 8  # of the largest sample; colors that differ less are counted from the smallest

_GRAY_ALPHA = "LA;16B"
# How Pillow unpacks the high bytes of 16-bit colors, and how it unpacks the low ones.
_LOW_BYTES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}

_MODES = ("L", "LA", "RGB", "RGBA")  # by the number of channels

_Samples = NDArray[np.uint16]
_Channel = TypeVar("_Channel", Pixels, _Samples)


def load_png(image: ImageFile, data: bytes) -> Image.Image:
    """Return the decoded image, of 8 bits a sample.

    Of samples of 16 bits, the highest bits that are zero in every sample are dropped, and the eight highest of the
    others are kept: the high bytes, where all bits are used. Colors in a narrow window are counted from its start.
    Nothing is multiplied: samples that differ by one never differ by more afterwards.

    Args:
        image: A PNG, opened by Pillow and not yet loaded.
        data: Its file.

    Raises:
        ImageTooLarge: The high bytes of its colors are not enough, and it is too large to be decoded twice.
    """
    if data[_BITS] == 16:
        return _load_deep(image, data)
    image.load()
    if image.mode == "L" and "transparency" in image.info:  # of the file's samples, which Pillow has scaled
        largest = (1 << data[_BITS]) - 1
        image.info["transparency"] = (image.info["transparency"] & largest) * 255 // largest
    return image


def _load_deep(image: ImageFile, data: bytes) -> Image.Image:
    [tile] = image.tile
    if tile.args == _GRAY_ALPHA:  # Pillow would leave the low bytes out; as RGBA, it keeps all four bytes of a pixel
        image.tile = [tile._replace(args="RGBA")]
    image.load()
    key = image.info.get("transparency")  # the one color that is transparent
    if image.mode == "I;16":
        return _to_8_bits([np.asarray(image)], None if key is None else (key,))
    high: Sequence[Image.Image] = image.split()
    low: Sequence[Image.Image] = ()
    if tile.args == _GRAY_ALPHA:
        high, low = high[::2], high[1::2]
    if key is None and _high_bytes_suffice(high):
        return Image.merge(_MODES[len(high) - 1], high)
    return _to_8_bits(_samples(high, low or _low_bytes(image, data)), key)


def _high_bytes_suffice(channels: Sequence[Image.Image]) -> bool:
    """Return whether the high bytes are what is kept of all channels; False also where only the low ones can tell."""
    colors, alpha = _colors_and_alpha([np.asarray(channel) for channel in channels])
    smallest, largest = _range(colors)
    in_window = largest - smallest - 1 < _WINDOW * (largest + 1)
    return largest > 127 and not in_window and all(int(channel.max()) > 127 for channel in alpha)


def _low_bytes(image: Image.Image, data: bytes) -> Sequence[Image.Image]:
    if image.width * image.height > MAX_TWICE_DECODED_PIXELS:
        raise ImageTooLarge(
            f"The PNG has {image.width}×{image.height} pixels of 16 bits a channel, which differ in few of them. "
            f"Send it with 8 bits a channel, or with at most {MAX_TWICE_DECODED_PIXELS} pixels."
        )
    again = Image.open(io.BytesIO(data), formats=("PNG",))
    [tile] = again.tile
    again.tile = [tile._replace(args=_LOW_BYTES[str(tile.args)])]
    again.load()
    return again.split()


def _samples(high_bytes: Sequence[Image.Image], low_bytes: Sequence[Image.Image]) -> list[_Samples]:
    """Return the samples of each channel."""
    channels = []
    for high, low in zip(high_bytes, low_bytes, strict=True):
        channel = np.asarray(high).astype(np.uint16)
        channel <<= 8
        channel |= np.asarray(low)
        channels.append(channel)
    return channels


def _to_8_bits(channels: Sequence[_Samples], key: Sequence[int] | None) -> Image.Image:
    """Return an image of the highest bits that the samples use.

    Args:
        channels: Colors, and alpha if there is any.
        key: The color that is transparent, if there is one.
    """
    colors, alpha = _colors_and_alpha(channels)
    if key is not None:
        alpha = [_opacity(colors, key)]
    smallest, largest = _range(colors)
    start = smallest if largest - smallest < _WINDOW * largest else 0
    kept = [_highest_bits(channel - np.uint16(start) if start else channel, largest - start) for channel in colors]
    kept += [_highest_bits(channel, int(channel.max())) for channel in alpha]
    return Image.merge(_MODES[len(kept) - 1], kept) if len(kept) > 1 else kept[0]


def _highest_bits(channel: _Samples, largest: int) -> Image.Image:
    """Return the eight highest bits that samples up to `largest` use; all, where there are no more."""
    return Image.fromarray((channel >> max(largest.bit_length() - 8, 0)).astype(np.uint8))


def _opacity(colors: Sequence[_Samples], key: Sequence[int]) -> _Samples:
    """Return alpha samples of an image in which one color is transparent."""
    differs = np.zeros(colors[0].shape, np.bool_)
    for channel, transparent in zip(colors, key, strict=True):
        differs |= channel != transparent
    return differs * np.uint16(0xFFFF)


def _colors_and_alpha(channels: Sequence[_Channel]) -> tuple[Sequence[_Channel], Sequence[_Channel]]:
    count = len(channels) - (len(channels) + 1) % 2
    return channels[:count], channels[count:]


def _range(channels: Sequence[_Channel]) -> tuple[int, int]:
    return min(int(channel.min()) for channel in channels), max(int(channel.max()) for channel in channels)
