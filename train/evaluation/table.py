"""A report as a Markdown table."""

from typing import Any

from train.evaluation.report import Report

# What a table says of pictures: the key in a report, and the column's title.
PICTURE_METRICS = {
    "right": "read right",
    "right_if_readable": "of those read on a canvas",
    "wrong_and_sure": "wrong, `digit` and over 0.9",
    "rejected": "`not_a_digit`",
    "blank": "nothing found",
    "failed": "other errors",
}
NO_DIGIT_METRICS = {"called_a_digit": "verdict `digit`", "unsure": "verdict `unsure`"}

NUMBER_METRICS = {"whole": "read whole", "each_digit": "each digit", "wrong_and_sure": "wrong, `digit` and over 0.9"}


def table(report: Report) -> str:
    """Return the main metrics of a report, or of a part of one, as a Markdown table."""
    rows: list[tuple[str, Any]] = [
        (f"{title}, accuracy", report[name]["accuracy"])
        for name, title in (("mnist", "MNIST"), ("images", "images"))
        if "accuracy" in report.get(name, {})
    ]
    for name, title in (("tablet", "tablet digits, unseen writers"), ("unipen", "UNIPEN digits, unseen sites")):
        if part := report.get(name):
            rows += [
                (f"{title}: accuracy", part["accuracy"]),
                (f"{title}: worst writer / worst digit", f"{part['worst_writer']} / {part['worst_digit']} %"),
                (f"{title}: expected calibration error", f"{part['calibration_error']} %"),
                (f"{title}: not rejected", part["kept"]),
            ]
    if part := report.get("letters"):
        rows += [
            ("letters without look-alikes: AUROC of ood_score", f"{part['auroc']} %"),
            ("letters without look-alikes: rejected", part["rejected"]),
            ("letters without look-alikes: verdict `digit`", part["called_a_digit"]),
        ]
    if part := report.get("variation"):
        wrong = report["half_drawn"]["wrong_and_over_90_percent_sure"]
        rows += [
            ("largest loss over pens of 6–28 px and sizes of 15–95 %", f"{part['loss']} points"),
            ("half-drawn digits read as another digit with a confidence over 0.9", wrong),
        ]
    if part := report.get("taps"):
        rows.append(("stray taps with the verdict digit", part["called_a_digit"]))
    if part := report.get("images"):
        rows += [(f"images, {title}", part[key]) for key, title in PICTURE_METRICS.items() if key in part]
        nothing = part.get("no_digit", {})
        rows += [(f"images without a digit, {NO_DIGIT_METRICS[key]}", value) for key, value in nothing.items()]
    lines = [f"| {title} | {_text(value)} |" for title, value in rows]
    tables = ["\n".join(["| metric | value (95 % interval) |", "|---|---|", *lines])] if lines else []
    if part := report.get("no_digits"):
        tables.append(_shares_table("drawing of no digit", NO_DIGIT_METRICS, part))
    if part := report.get("pictures"):
        tables += _picture_tables(part)
    if part := report.get("numbers"):
        tables.append(_shares_table("number", NUMBER_METRICS, part))
    return "\n\n".join(tables)


def _picture_tables(pictures: Report) -> list[str]:
    """Return a table of the kinds that show a digit and one of those that do not, each if there is one."""
    parts = (("kinds", PICTURE_METRICS), ("blanks", NO_DIGIT_METRICS))
    return [_shares_table("picture", metrics, pictures[part]) for part, metrics in parts if pictures[part]]


def _shares_table(title: str, metrics: dict[str, str], kinds: Report) -> str:
    """Return a table with a row for each kind and a column for each of its shares; n is the first share's."""
    lines = [(title, *metrics.values(), "n"), ("---",) * (len(metrics) + 2)]
    for kind, shares in kinds.items():
        lines.append((kind, *(_short(shares[key]) for key in metrics), shares[next(iter(metrics))]["n"]))
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _short(share: Any) -> str:
    return f"{share['percent']} % ({share['low']}–{share['high']})"


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return f"{value['percent']} % ({value['low']}–{value['high']}, n = {value['n']})"
    return value
