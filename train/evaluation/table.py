"""A report as a Markdown table."""

from typing import Any

from train.evaluation.report import Report


def table(report: Report) -> str:
    """Return the main metrics of a report, or of a part of one, as a Markdown table."""
    rows: list[tuple[str, Any]] = [
        (f"{title}, accuracy", report[name]["accuracy"])
        for name, title in (("mnist", "MNIST"), ("images", "images"))
        if name in report
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
        ]
    if part := report.get("variation"):
        wrong = report["half_drawn"]["wrong_and_over_90_percent_sure"]
        rows += [
            ("largest loss over pens of 6–28 px and sizes of 15–95 %", f"{part['loss']} points"),
            ("half-drawn digits read as another digit with a confidence over 0.9", wrong),
        ]
    if part := report.get("taps"):
        rows.append(("stray taps with the verdict digit", part["called_a_digit"]))
    lines = [f"| {title} | {_text(value)} |" for title, value in rows]
    return "\n".join(["| metric | value (95 % interval) |", "|---|---|", *lines])


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return f"{value['percent']} % ({value['low']}–{value['high']}, n = {value['n']})"
    return value
