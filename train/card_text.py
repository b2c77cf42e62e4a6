"""The model card for people: `digits.json` in Markdown."""

from collections.abc import Mapping
from typing import Any

from train.evaluate import table

_TEXT = """\
# Model card: digits {version}

A convolutional network of {parameters} parameters that names a handwritten digit, says how sure it is, and tells
drawings that are no digit. It judges a 28×28 grey picture, which `handler/preprocessing/` makes of any drawing.

`python -m train` writes this page and `digits.json`, which holds every figure; nothing here is written by hand.

## How good it is

On data that neither training nor calibration has seen: MNIST's test images, six writers of pendigits, and digits of
three sites of UNIPEN (letters of five). Each drawing is drawn on a 280×280 canvas with a 15 px pen, at a random place,
dark on light and light on dark by turns, and read by the recogniser as it is served.

{table}

By digit, in percent: {by_digit}.

## What it is for, and what it is not

For single digits drawn with a finger, a mouse or a pen on a plain background. Not for photographs of paper, print, or
several digits in one picture. No decision about a person should rest on one answer.

Known weaknesses: letters that have a digit's shape (O, I, l, Z, S, …) are read as that digit, by design; a 1 with a
long flag and a 7, an open 9 and a 4, a 6 with a small loop and a 4 are confused where people confuse them; a digit of
which half is drawn may be read as another digit. `docs/evaluation/errors.png` shows every drawing that was misread.

## Data

| data | for | licence |
|---|---|---|
| MNIST (LeCun, Cortes, Burges), 55 000 / 5 000 / 10 000 images | training / validation / test | see its page |
| pendigits (Alpaydin, Alimoglu, doi:10.24432/C5MG6K), 21 / 3 / 6 writers | training / validation / test | CC BY 4.0 |
| UNIPEN train_r01_v07 (doi:10.5281/zenodo.1195803), split by site | training / validation / test | CC BY 4.0 |

`train/data/strokes.py` names the writers and sites of each part. Some UNIPEN labels are wrong, about one in a hundred.

## Training

Seed {seed}, {epochs} epochs; calibrated on the validation writers, with thin and fat pens, small and large digits:
temperature {temperature}, `not_a_digit` from an `ood_score` of {ood_threshold} on, `unsure` below a confidence of
{unsure_below}. `digits.json` holds the recipe, the versions of the packages and the SHA-256 of the data and of the
weights.
"""


def describe(card: Mapping[str, Any]) -> str:
    """Return the card as Markdown.

    Args:
        card: What `digits.json` holds.

    Returns:
        The page.
    """
    reads = card["test"].get("tablet") or {"by_digit": {}}
    return _TEXT.format(
        **card["calibration"],
        version=card["version"],
        parameters=card["parameters"],
        seed=card["recipe"]["seed"],
        epochs=card["recipe"]["epochs"],
        table=table(card["test"]),
        by_digit=", ".join(f"{digit}: {value['percent']}" for digit, value in reads["by_digit"].items()),
    )
