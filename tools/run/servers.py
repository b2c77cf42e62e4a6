"""The two servers as processes: TorchServe and nginx."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.run.logs import last_lines
from tools.run.settings import LOOPBACK, ROOT, Settings, fail

STOP_TIMEOUT_S = 20
NJS = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")  # Debian's and Ubuntu's


@dataclass(frozen=True)
class Server:
    """A process of a run.

    Attributes:
        name: Of the server.
        process: Its process, which leads a process group.
        log: Where its output goes.
        log_offset: Where this run's part of the log begins.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    log_offset: int

    @property
    def server(self) -> "Server":
        """The server itself, as for a server to which more belongs than a process (torchserve.py)."""
        return self

    def fault(self) -> str | None:
        """Return how the server has ended; None if it runs."""
        status = self.process.poll()
        return None if status is None else f"ended by itself (status {status})"

    def kill(self) -> None:
        """Kill the server and its child processes."""
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals) -> None:
        """Stop the server and its child processes."""
        self.process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_TIMEOUT_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Nginx(Server):
    """nginx, whose limits go wrong for good when one of its processes is killed."""

    def fault(self) -> str | None:
        """Return how nginx has ended, or that a process of it has; None if all of them run."""
        if ended := super().fault():
            return ended
        # The requests that it held would count forever in limit_conn and max_conns.
        is_short = any("exited on signal" in line for line in last_lines(self.log, self.log_offset, count=1000))
        return "lost one of its processes" if is_short else None

    def kill(self) -> None:
        """End nginx when it has answered the requests that it holds."""
        self.stop(signal.SIGQUIT)


def start(name: str, command: list[str], run_dir: Path, kind: type[Server] = Server, /, **environment: str) -> Server:
    """Start a server in `run_dir`.

    It gets a process group of its own: Ctrl-C reaches this program alone, which stops the servers in order. If this
    program is killed, the kernel sends SIGTERM to the server (setpriv).
    """
    log = run_dir / f"{name}.log"
    with log.open("ab") as output:
        offset = output.tell()
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            cwd=run_dir,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            process_group=0,
        )
    return kind(name, process, log, offset)


def start_torchserve(settings: Settings, tmpdir: str) -> Server:
    """Start TorchServe."""
    return start(
        "torchserve",
        [str(ROOT / "torchserve" / "entrypoint")],
        settings.run_dir,
        PYTHON=sys.executable,
        MODEL_STORE=str(settings.model_store),
        TS_TMPDIR=tmpdir,
        REQUEST_LOG=str(settings.run_dir / "torchserve.log"),
        TS_INFERENCE_ADDRESS=f"http://{LOOPBACK}:{settings.ports['TORCHSERVE_PORT']}",
        TS_METRICS_ADDRESS=f"http://{LOOPBACK}:{settings.ports['METRICS_PORT']}",
        TS_DEFAULT_WORKERS_PER_MODEL=str(settings.workers),
    )


def start_nginx(settings: Settings) -> Server:
    """Start nginx. All its paths are relative to `run_dir`, because no quotes protect a `$` in its configuration."""
    render_nginx(settings)
    command = [
        "nginx",
        "-p",
        "./",
        "-c",
        "nginx/nginx.conf",
        "-e",
        "stderr",
        "-g",
        "daemon off; worker_processes auto;" + (f" load_module {NJS};" if os.environ.get("API_KEYS") else ""),
    ]
    return start("nginx", command, settings.run_dir, Nginx)


def render_nginx(settings: Settings) -> None:
    """Write nginx's configuration, with the values of this run in it, to `run_dir`."""
    run_dir, config = settings.run_dir, settings.run_dir / "nginx"
    shutil.rmtree(config, ignore_errors=True)
    shutil.copytree(ROOT / "web" / "nginx", config, copy_function=shutil.copyfile)
    shutil.copyfile(ROOT / "web" / "local" / "deployment.conf", config / "deployment.conf")
    # It reads API_KEYS and CORS_ORIGINS.
    callers = subprocess.run([ROOT / "web" / "callers", config], capture_output=True, text=True, check=False)
    if callers.returncode != 0:
        fail(callers.stderr.strip())
    (run_dir / "temp").mkdir(exist_ok=True)
    version = re.search(r'__version__ = "(.+)"', (ROOT / "handler" / "__init__.py").read_text(encoding="utf-8"))
    assert version is not None
    values = {
        "VERSION": version[1],
        "TORCHSERVE": f"{LOOPBACK}:{settings.ports['TORCHSERVE_PORT']}",
        "LISTEN": settings.listen,
        **settings.nginx,
    }
    for file in config.iterdir():
        file.write_text(re.sub(r"@([A-Z_]+)@", lambda name: values[name[1]], file.read_text("utf-8")), "utf-8")
