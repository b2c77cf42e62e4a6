"""Large images are made smaller before their ink is found: the model sees 28×28 pixels of them."""

from PIL import Image

from handler.preprocessing.limits import MAX_WORKING_PIXELS

_STRIP = 256  # rows, a multiple of every reduction; only one strip at a time is converted, which bounds memory


def reduction(width: int, height: int) -> int:
    """Return 1, 2, 4, …: by how much both sides are divided so that at most `MAX_WORKING_PIXELS` are left."""
    factor = 1
    while -(-width // factor) * -(-height // factor) > MAX_WORKING_PIXELS:
        factor *= 2
    return factor


def reduce(image: Image.Image, factor: int) -> Image.Image:
    """Return a decoded image in mode L, RGB or, if it may be transparent, RGBA.

    Args:
        image: Of any mode of 8 bits that the served formats have.
        factor: Each square of so many pixels a side becomes their mean.
    """
    if factor == 1:
        return _converted(image)
    strips = []
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        strips.append(_converted(strip).reduce(factor))
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for number, strip in enumerate(strips):
        whole.paste(strip, (0, number * _STRIP // factor))
    return whole


def _converted(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("L", "1") else "RGB")
