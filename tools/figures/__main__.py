"""`python -m tools.figures`: write every measured figure into README, docs and research; `--check` only compares.

It needs Python's standard library alone.
"""

import argparse
import sys

from tools.figures import pages


def main() -> None:
    """Write or compare the figures of all pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is out of date")
    options = parser.parse_args()
    try:
        written = pages.write_all()
    except LookupError as error:
        sys.exit(f"tools.figures: {error}")
    outdated = {page: text for page, text in written.items() if page.read_text(encoding="utf-8") != text}
    names = ", ".join(str(page.relative_to(pages.ROOT)) for page in outdated)
    if options.check and outdated:
        sys.exit(f"tools.figures: figures differ from the measurements in {names}. Run `make figures`.")
    for page, text in outdated.items():
        page.write_text(text, encoding="utf-8")
    print(f"Figures written to {names}." if outdated else "All figures are up to date.")


if __name__ == "__main__":
    main()
