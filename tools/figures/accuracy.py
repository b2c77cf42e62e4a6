"""Accuracy figures, from the model card."""

from typing import Any

from tools.figures.markdown import share
from tools.figures.markdown import table as markdown_table

Card = dict[str, Any]

HEAD = ("measured", "value (95% interval)")


def summary(card: Card) -> str:
    """Return the figures that README quotes."""
    test = card["test"]
    errors = [f"{test[name]['calibration_error']:.2f}%" for name in ("tablet", "unipen")]
    return markdown_table(
        HEAD,
        [
            (f"{_count(test['mnist'])} MNIST test images", share(test["mnist"]["accuracy"])),
            (f"{_count(test['tablet'])} digits by tablet writers not in training", share(test["tablet"]["accuracy"])),
            (f"{_count(test['unipen'])} digits from UNIPEN sites not in training", share(test["unipen"]["accuracy"])),
            ("expected calibration error on the two", " and ".join(errors)),
            ("accuracy lost over all pen widths and digit sizes", f"{test['variation']['loss']:.2f} points at most"),
            ("`ood_score`: letters against digits, AUROC", f"{test['letters']['auroc']:.2f}%"),
        ],
    )


def table(card: Card) -> str:
    """Return every main figure."""
    test = card["test"]
    rows = [("MNIST test images: accuracy", share(test["mnist"]["accuracy"]), _count(test["mnist"]))]
    for name, title in (("tablet", "tablet digits"), ("unipen", "UNIPEN digits")):
        part, n = test[name], _count(test[name])
        rows += [
            (f"{title}: accuracy", share(part["accuracy"]), n),
            (f"{title}: accuracy for the worst writer", f"{part['worst_writer']:.2f}%", n),
            (f"{title}: accuracy for the worst digit", f"{part['worst_digit']:.2f}%", n),
            (f"{title}: expected calibration error, 15 bins", f"{part['calibration_error']:.2f}%", n),
            (f"{title}: verdict other than `not_a_digit`", share(part["kept"]), n),
            (f"{title}: verdict `unsure`", share(part["unsure"]), n),
        ]
    letters, half, taps = test["letters"], test["half_drawn"]["wrong_and_over_90_percent_sure"], test["taps"]
    rows += [
        ("letters that do not look like digits: AUROC of `ood_score`", f"{letters['auroc']:.2f}%", ""),
        (
            "letters that do not look like digits: verdict `not_a_digit`",
            share(letters["rejected"]),
            _n(letters["rejected"]),
        ),
        (
            "letters that do not look like digits: verdict `digit`",
            share(letters["called_a_digit"]),
            _n(letters["called_a_digit"]),
        ),
        ("half-drawn digits: wrong with a confidence over 0.9", share(half), _n(half)),
        ("taps: verdict `digit`", share(taps["called_a_digit"]), _n(taps["called_a_digit"])),
    ]
    return markdown_table((*HEAD, "n"), rows)


def by_digit(card: Card) -> str:
    """Return the accuracy for each digit."""
    parts = [card["test"][name]["by_digit"] for name in ("tablet", "unipen")]
    rows = [(digit, *(share(part[digit]) for part in parts)) for digit in map(str, range(10))]
    return markdown_table(("digit", "tablet", "UNIPEN"), rows)


def by_canvas(card: Card) -> str:
    """Return the accuracy for each pen width and each digit size."""
    variation = card["test"]["variation"]
    rows = [(f"pen of {pen} px", share(measured)) for pen, measured in variation["by_pen"].items()]
    rows += [(f"digit of {float(size):.0%} of the canvas", share(at)) for size, at in variation["by_size"].items()]
    return markdown_table(("on a canvas of 280 px", "accuracy (95% interval)"), rows)


def by_picture(card: Card) -> str:
    """Return how each kind of picture with a digit is read."""
    kinds = card["test"].get("pictures", {}).get("kinds", {})
    names = ("right", "right_if_readable", "wrong_and_sure")
    rows = [(kind, *(share(part[name]) for name in names), _n(part["right"])) for kind, part in kinds.items()]
    head = ("picture", "read right", "of those read on a canvas", "wrong, `digit` and over 0.9", "n")
    return markdown_table(head, rows)


def by_blank_picture(card: Card) -> str:
    """Return how many pictures of nothing are called a digit."""
    return _called_a_digit("picture", card["test"].get("pictures", {}).get("blanks", {}))


def by_no_digit(card: Card) -> str:
    """Return how many drawings of each kind that is no digit are called one."""
    return _called_a_digit("drawing", card["test"].get("no_digits", {}))


def by_number(card: Card) -> str:
    """Return how each kind of number is read."""
    kinds = card["test"].get("numbers", {})
    names = ("whole", "each_digit", "wrong_and_sure")
    rows = [
        (kind, *(share(part[name]) for name in names), f"{part['mean_confidence']:.2f}%", _n(part["whole"]))
        for kind, part in kinds.items()
    ]
    head = ("number", "read whole", "each digit", "wrong, `digit` and over 0.9", "mean confidence", "n")
    return markdown_table(head, rows)


def _called_a_digit(title: str, kinds: dict[str, Any]) -> str:
    names = ("called_a_digit", "unsure")
    rows = [(kind, *(share(part[name]) for name in names), _n(part["unsure"])) for kind, part in kinds.items()]
    return markdown_table((title, "verdict `digit`", "verdict `unsure`", "n"), rows)


def _n(measured: dict[str, Any]) -> str:
    return f"{measured['n']:,}"


def _count(part: dict[str, Any]) -> str:
    return _n(part["accuracy"])
