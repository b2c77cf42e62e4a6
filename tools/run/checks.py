"""What must hold before the servers start. Each check ends with a message that says what to do."""

import errno
import fcntl
import os
import resource
import socket
from pathlib import Path
from typing import NoReturn, TextIO

from tools.run.servers import NJS
from tools.run.settings import DEFAULT_RUN_DIR, LOOPBACK, Settings, fail

OPEN_FILES = 16384  # nginx's worker_rlimit_nofile: a client's connection, and one to TorchServe or a body on disk
MIN_OPEN_FILES = 1024


def java() -> str:
    """Return the Java that runs TorchServe, chosen as torchserve/entrypoint and tools/install do."""
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def is_program(name: str) -> bool:
    """Whether a path, or a name on the PATH, is a program that this user can run."""
    return any(os.access(Path(folder, name), os.X_OK, effective_ids=True) for folder in os.get_exec_path())


def check_files(settings: Settings) -> None:
    """Check that everything is there that `make run` provides."""
    if os.environ.get("JAVA_HOME") and not is_program(java()):
        fail(f"there is no {java()}. Unset JAVA_HOME, or set it to the folder that holds bin/java.")
    for program in (java(), "nginx", "setpriv"):
        if not is_program(program):
            fail(f"{program} is not installed; `make run` installs it.")
    if os.environ.get("API_KEYS") and not NJS.exists():
        fail(f"API_KEYS needs nginx's module njs, {NJS}; `make run` installs it.")
    if not (settings.model_store / "digits.mar").is_file():
        fail(f"{settings.model_store}/digits.mar is missing; `make archive` builds it.")


def check_ports(settings: Settings) -> None:
    """Check that every port can be listened on."""
    for name, port in settings.ports.items():
        address = settings.address if name == "PORT" else LOOPBACK
        try:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if address == "::":
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                probe.bind((address, port))
        except PermissionError:
            fail(f"port {port} needs root. Choose one above 1023: make run {name}=8000")
        except OSError as error:
            fail_on_port(error, settings.host, name, port)


def fail_on_port(error: OSError, host: str, name: str, port: int) -> NoReturn:
    """Say why a port cannot be listened on: another program, or an address that is not this machine's."""
    if error.errno == errno.EADDRINUSE:
        other = port + 1000 if port < 64000 else port - 1000
        fail(
            f"port {port} is not free. Stop the program that uses it (ss -ltnp 'sport = :{port}' names it), "
            f"or choose another port: make run {name}={other}"
        )
    fail(
        f"HOST={host} is not an address that this machine can listen on ({error.strerror}). "
        "Use one that `ip address` lists, or 0.0.0.0 for all."
    )


def check_limits() -> None:
    """Raise the limit of open files to what nginx can use, or as far as it can be raised; say what is missing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= OPEN_FILES:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, max(hard, OPEN_FILES)))
    except (ValueError, PermissionError):
        if hard < MIN_OPEN_FILES:
            fail(f"the servers need {MIN_OPEN_FILES} open files; the limit is {hard}. Raise it: ulimit -n {OPEN_FILES}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        print(
            f"The limit of open files is {hard}, so nginx holds at most {hard // 2} connections at once. "
            f"For more of them: ulimit -n {OPEN_FILES}"
        )


def claim(run_dir: Path) -> TextIO:
    """Make sure that the folder can be written and that no other run uses it; the file that says so stays open."""
    try:
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if run_dir == DEFAULT_RUN_DIR:
            run_dir.chmod(0o700)
        lock = (run_dir / "lock").open("w")
    except OSError as error:
        fail_on_folder(run_dir, error)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        fail(f"another run uses {run_dir}. Stop it, or choose another folder: make run RUN_DIR=/tmp/digits")
    return lock


def fail_on_folder(run_dir: Path, error: OSError) -> NoReturn:
    """Say that the folder for configuration and logs cannot be written."""
    fail(f"{run_dir} cannot be written ({error.strerror}). Choose another folder: make run RUN_DIR=/tmp/digits")
