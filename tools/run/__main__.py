"""Run the service on this machine: TorchServe and nginx in front of it, until Ctrl-C or until one of them ends.

Settings come from the environment: `make run PORT=9000`. All files go to RUN_DIR (default: .run in the checkout) and to
one temporary folder, which is removed at the end.
"""

import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tools.run.checks import check_files, check_limits, check_ports, claim, temporary_folder
from tools.run.logs import last_lines, rotate
from tools.run.servers import Server, answers, start_nginx, start_torchserve
from tools.run.settings import Settings, fail, read_settings
from tools.run.user import drop_root

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_TIMEOUT_S = 120


@contextlib.contextmanager
def servers(settings: Settings) -> Iterator[list[Server]]:
    """Run both servers. nginx starts last; it stops first, when it has answered the requests that it holds."""
    folder = temporary_folder()
    with tempfile.TemporaryDirectory(prefix="digits-", dir=folder, ignore_cleanup_errors=True) as tmpdir:
        torchserve = start_torchserve(settings, tmpdir)
        management = settings.run_dir / "management.sock"  # TorchServe's own path would be another one each time
        management.unlink(missing_ok=True)
        management.symlink_to(Path(tmpdir) / "management.sock")
        try:
            nginx = start_nginx(settings)
            try:
                yield [torchserve, nginx]
            finally:
                nginx.stop(signal.SIGQUIT)
        finally:
            torchserve.stop(signal.SIGTERM)


def watch(settings: Settings, running: list[Server]) -> None:
    """Keep the logs small, and end with the last lines of a server that has ended by itself."""
    for name in ("torchserve.log", "nginx.log", "access.log"):
        with contextlib.suppress(OSError):
            rotate(settings.run_dir / name)
    for server in running:
        if server.process.poll() is not None:
            lines = last_lines(server.log, server.log_offset)
            status = server.process.returncode
            fail("\n".join([f"{server.name} ended by itself (status {status}). The end of its log:", *lines]))


def end(*_: object) -> None:
    """End in order, which stops the servers; a second Ctrl-C must not interrupt that."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    """Check, start, report, wait, stop."""
    settings = read_settings()
    check_limits()
    if os.geteuid() == 0:
        drop_root(settings)
    os.umask(0o077)
    check_files(settings)
    check_ports(settings)
    with claim(settings.run_dir):
        for number in SIGNALS:
            signal.signal(number, end)
        began = time.monotonic()
        print(f"Starting TorchServe and nginx. Their logs are in {settings.run_dir}", flush=True)
        with servers(settings) as running:
            while not answers(settings, "/readyz"):
                watch(settings, running)
                if time.monotonic() - began > START_TIMEOUT_S:
                    fail(f"not ready after {START_TIMEOUT_S} s; {settings.run_dir}/torchserve.log says why.")
                time.sleep(0.2)
            print(f"Ready after {time.monotonic() - began:.1f} s: {settings.url}  (Ctrl-C stops it)", flush=True)
            while True:
                watch(settings, running)
                time.sleep(0.5)


if __name__ == "__main__":
    main()
