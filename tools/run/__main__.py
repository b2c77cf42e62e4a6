"""Run the service on this machine: TorchServe and nginx in front of it, until Ctrl-C.

TorchServe is restarted when it ends or hangs, nginx when it ends; after several restarts the command gives up. Settings
come from the environment: `make run PORT=9000`. All files go to RUN_DIR (default: .run in the checkout).
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator

from tools.run.checks import check_files, check_limits, check_ports, claim
from tools.run.logs import rotate
from tools.run.metrics import AccessLog, serve_metrics
from tools.run.page import build_page
from tools.run.probes import status
from tools.run.servers import start_nginx
from tools.run.settings import Settings, fail, read_settings
from tools.run.supervision import Supervised
from tools.run.torchserve import START_TIMEOUT_S, TorchServe
from tools.run.user import drop_root

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ACCESS_LOG = "access.log"
LOGS = ("torchserve.log", "nginx.log", ACCESS_LOG)


@contextlib.contextmanager
def servers(settings: Settings) -> Iterator[list[Supervised]]:
    """Run both servers. nginx starts last; it stops first, when it has answered the requests that it holds."""
    torchserve = Supervised(lambda: TorchServe(settings))
    try:
        nginx = Supervised(lambda: start_nginx(settings))
        try:
            yield [torchserve, nginx]
        finally:
            nginx.running.stop(signal.SIGQUIT)
    finally:
        torchserve.running.stop(signal.SIGTERM)


def answers(settings: Settings, path: str) -> bool:
    """Whether nginx answers a request with 200."""
    return status(settings.ports["PORT"], path, timeout_s=5, host=settings.reachable_at) == 200


def keep_logs_small(settings: Settings, access_log: AccessLog) -> None:
    """Count what is new in the access log, and move logs that are full."""
    access_log.read()
    for name in LOGS:
        with contextlib.suppress(OSError):
            rotate(settings.run_dir / name)


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
        access_log = AccessLog(settings.run_dir / ACCESS_LOG)
        build_page(settings)
        serve_metrics(access_log, settings.run_dir, settings.ports["NGINX_METRICS_PORT"])
        with servers(settings) as running:
            while not answers(settings, "/readyz"):
                for server in running:
                    server.fail_on_fault()
                keep_logs_small(settings, access_log)
                if time.monotonic() - began > START_TIMEOUT_S:
                    fail(f"not ready after {START_TIMEOUT_S} s; {settings.run_dir}/torchserve.log says why.")
                time.sleep(0.2)
            print(f"Ready after {time.monotonic() - began:.1f} s: {settings.url}  (Ctrl-C stops it)", flush=True)
            while True:
                for server in running:
                    server.restart_on_fault()
                keep_logs_small(settings, access_log)
                time.sleep(0.5)


if __name__ == "__main__":
    main()
