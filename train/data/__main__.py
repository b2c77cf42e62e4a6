"""`python -m train.data`: download and convert the training data that the data folder lacks."""

import argparse
from pathlib import Path

from train.data.folder import DEFAULT_FOLDER, digests, fetch_missing


def main() -> None:
    """Fill the data folder, and print the SHA-256 of its files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--without-unipen", action="store_true", help="leave out the largest download, 156 MB")
    arguments = parser.parse_args()
    try:
        fetch_missing(arguments.data, unipen=not arguments.without_unipen)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from error
    for name, digest in digests(arguments.data).items():
        print(f"{digest}  {name}")


if __name__ == "__main__":
    main()
