"""Flask on gunicorn, with two Matplotlib pictures in each answer: a common first design of such a service."""

import base64
import io
from typing import Any

import matplotlib as mpl
import numpy as np
from flask import Flask, request
from PIL import Image

from benchmarks.peers import core
from handler.errors import ApiError

mpl.use("Agg")
from matplotlib import pyplot as plt

app = Flask(__name__)
recognizer = core.load()


@app.post("/predictions/digits")
def recognize() -> tuple[dict[str, Any], int]:
    """Recognize one image, and draw what was read."""
    [[answer]] = recognizer.recognize([[request.get_data()]])
    if isinstance(answer, ApiError):
        return answer.to_dict(), answer.code
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["input"].partition(",")[2]))))
    figure, axes = plt.subplots()
    axes.imshow(picture, cmap="gray")
    pictures = [_png(figure)]
    figure, axes = plt.subplots()
    axes.bar(range(10), answer["probabilities"])
    pictures.append(_png(figure))
    return {**answer, "pictures": pictures}, 200


def _png(figure: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()
