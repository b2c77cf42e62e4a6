"""TorchServe on this machine: its temporary folder, its process and the probes that show whether it works."""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

from tools.run.probes import Probe, status
from tools.run.servers import start_torchserve
from tools.run.settings import Settings

START_TIMEOUT_S = 120
# The longest path of a Unix socket, which the kernel limits. torchserve/entrypoint refuses a folder of more bytes.
MAX_FOLDER_BYTES = 90
ARCHIVE_BYTES = 4 << 20  # more than the unpacked archive has

# /ping needs no worker and no place in the queue: without an answer, TorchServe itself hangs.
PING_INTERVAL_S, PING_TIMEOUT_S, PING_FAILURES = 2, 5, 3
# A request waits in the queue of each pool for a worker. Workers that crash come back within this time, and one that
# hangs is replaced (responseTimeout in handler/model-config.yaml).
POOLS = ("digits", "digits-bulk")
READY_INTERVAL_S, READY_TIMEOUT_S, READY_FAILURES = 10, 20, 3
DUMP_S = 0.5  # for Java to write a thread dump


class TorchServe:
    """A TorchServe that runs, with all that belongs to it.

    Attributes:
        server: Its process.
    """

    def __init__(self, settings: Settings) -> None:
        """Start it."""
        self._folder = make_folder(settings.run_dir)
        self.server = start_torchserve(settings, str(self._folder))
        self._began = time.monotonic()
        management = settings.run_dir / "management.sock"  # the same path, wherever the folder is
        management.unlink(missing_ok=True)
        management.symlink_to(self._folder / "management.sock")
        port = settings.ports["TORCHSERVE_PORT"]
        self._ping = Probe(lambda: status(port, "/ping", PING_TIMEOUT_S) == 200, PING_INTERVAL_S)
        self._ready = Probe(lambda: is_ready(port), READY_INTERVAL_S)

    def fault(self) -> str | None:
        """Return what is wrong with it; None if nothing is."""
        if ended := self.server.fault():
            return ended
        if not self._folder.exists():
            return f"lost its temporary folder, {self._folder}"
        if self._ping.has_succeeded and self._ping.failures >= PING_FAILURES:
            return f"did not answer /ping {PING_FAILURES} times in a row"
        if self._ready.has_succeeded and self._ready.failures >= READY_FAILURES:
            return f"had no worker that answered, {READY_FAILURES} times in a row"
        if not self._ready.has_succeeded and time.monotonic() - self._began > START_TIMEOUT_S:
            return f"was not ready after {START_TIMEOUT_S} s"
        return None

    def kill(self) -> None:
        """Kill it; if it hangs, a thread dump in its log shows where."""
        if self.server.process.poll() is None:
            self.server.process.send_signal(signal.SIGQUIT)  # Java writes a thread dump
            time.sleep(DUMP_S)
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals) -> None:
        """Stop it and remove its folder."""
        for probe in (self._ping, self._ready):
            probe.stop()
        self.server.stop(how)
        shutil.rmtree(self._folder, ignore_errors=True)


def is_ready(port: int) -> bool | None:
    """Whether a worker of each pool answers; None if a queue is full, which says nothing about the workers."""
    answers = {status(port, f"/predictions/{pool}", READY_TIMEOUT_S, X_Route="ready") for pool in POOLS}
    return None if 503 in answers else answers == {200}


def make_folder(run_dir: Path) -> Path:
    """Make TorchServe's temporary folder: in RUN_DIR, where nothing cleans it, if it can be used there."""
    own = run_dir / "torchserve"
    shutil.rmtree(own, ignore_errors=True)  # of a run that was killed
    with contextlib.suppress(OSError):
        own.mkdir(parents=True)
    if is_usable(own):
        return own
    shutil.rmtree(own, ignore_errors=True)
    places = dict.fromkeys((os.path.realpath(tempfile.gettempdir()), "/tmp"))
    for place in places:
        folder = Path(tempfile.mkdtemp(prefix="digits-", dir=place))
        if is_usable(folder):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    raise OSError(f"neither {run_dir} nor {' nor '.join(places)} has room for Unix sockets and the unpacked archive")


def is_usable(folder: Path) -> bool:
    """Whether there is room and Unix sockets work: the path is short enough, and the file system supports them."""
    path, room = folder / "probe.sock", folder / "probe"
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
        room.write_bytes(bytes(ARCHIVE_BYTES))
        return len(os.fsencode(folder)) <= MAX_FOLDER_BYTES
    except OSError:
        return False
    finally:
        for file in (path, room):
            with contextlib.suppress(OSError):
                file.unlink()
