"""Contact sheets: pictures that were misread, each beside the 28×28 picture that was judged and with the answer."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from train.data.labeled_images import Labels
from train.evaluation.predictions import Predictions

TILE, TITLE = 180, 14  # pixels
COLUMNS = 8
MAX_PICTURES = 80
INK = (31, 41, 55)


def contact_sheet(path: Path, images: Sequence[bytes], labels: Labels, predictions: Predictions) -> None:
    """Write a PNG of pictures with what was judged and answered, at most `MAX_PICTURES`.

    Args:
        path: The file to write.
        images: n encoded images.
        labels: (n,) int64, what they show; below 0 where it is not a digit.
        predictions: The answers to them.
    """
    count = min(len(images), MAX_PICTURES)
    columns = max(1, min(COLUMNS, count))
    rows = max(1, -(-count // columns))
    width = TILE * 3 // 2
    sheet = Image.new("RGB", (columns * width, rows * (TILE + TITLE)), "white")
    pen = ImageDraw.Draw(sheet)
    for index in range(count):
        x, y = index % columns * width, index // columns * (TILE + TITLE)
        sheet.paste(_thumbnail(images[index]), (x, y + TITLE))
        if predictions.inputs[index]:
            sheet.paste(_judged(predictions.inputs[index]), (x + TILE, y + TITLE))
        label = str(labels[index]) if labels[index] >= 0 else "no digit"
        answer = predictions.verdicts[index]
        if predictions.digits[index] >= 0:
            answer = f"{predictions.digits[index]} {predictions.confidences[index]:.2f} {answer}"
        pen.text((x + 2, y + 1), f"{label}: {answer}", fill=INK)
    sheet.save(path)


def _thumbnail(encoded: bytes) -> Image.Image:
    with Image.open(io.BytesIO(encoded)) as opened:
        opened.draft("RGB", (2 * TILE, 2 * TILE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((TILE - 4, TILE - 4))
    return upright


def _judged(data_url: str) -> Image.Image:
    with Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2]))) as picture:
        return ImageOps.invert(picture.convert("L")).resize((TILE // 2 - 6,) * 2, Image.Resampling.NEAREST)
