"""`python -m benchmarks.load_test`: locustfile.py without a browser, against HOST or against a service of its own.

Arguments are passed on to locust. The report and the figures as CSV are in `load-test/`.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from tools.stack import ROOT, ready_stack

REPORTS = ROOT / "load-test"


@contextlib.contextmanager
def host() -> Iterator[str]:
    """Yield the address of the service to load. Our own has no rate limit: all users have the same address."""
    if given := os.environ.get("HOST"):
        yield given
        return
    print("Starting a service. To load a running one, set HOST=http://…", flush=True)
    with ready_stack(RATE_LIMIT="100000r/s", RATE_BURST="100000") as stack:
        yield stack.url


def main() -> int:
    """Run the test and return locust's exit code: 0 if the service level was met."""
    REPORTS.mkdir(exist_ok=True)
    with host() as url:
        reports = ["--html", str(REPORTS / "report.html"), "--csv", str(REPORTS / "figures")]
        command = [sys.executable, "-m", "locust", "--locustfile", str(ROOT / "locustfile.py"), "--host", url]
        options = ["--headless", "--only-summary", "--stop-timeout", "10", *reports, *sys.argv[1:]]
        return subprocess.run([*command, *options], check=False, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
