"""The unprivileged user as which everything runs that root starts."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from tools.run.checks import fail_on_folder, java
from tools.run.settings import DEFAULT_RUN_DIR, ROOT, Settings, fail

OPEN_EACH = 'for file; do (: <"$file") 2>/dev/null || { echo "$file is closed to it"; exit 1; }; done'


def drop_root(settings: Settings) -> NoReturn:
    """Run this program again as the owner of the checkout, or as nobody if root owns it."""
    owner, nobody = ROOT.stat(), pwd.getpwnam("nobody")
    uid, gid = (owner.st_uid, owner.st_gid) if owner.st_uid else (nobody.pw_uid, nobody.pw_gid)
    give(settings.run_dir, uid, gid)
    capabilities = ["net_bind_service"] if settings.ports["PORT"] < 1024 else []
    command = become(uid, gid, *capabilities)
    if reason := obstacle(command, settings):
        command = become(uid, gid, "dac_read_search", *capabilities)
        if obstacle(command, settings):
            fail(
                f"root starts the servers as user {uid}, but {reason}. "
                "Move it to a folder that everybody can read, or run this as an ordinary user."
            )
        print(f"The servers run as user {uid}. It may read every file on this machine, because {reason}.")
    sys.stdout.flush()
    os.execvp(command[0], [*command, sys.executable, "-m", "tools.run"])


def give(run_dir: Path, uid: int, gid: int) -> None:
    """Give the folder to a user, unless it is one that holds other files."""
    try:
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if run_dir == DEFAULT_RUN_DIR or not any(run_dir.iterdir()):
            for path in (run_dir, *run_dir.rglob("*")):
                os.chown(path, uid, gid, follow_symlinks=False)
    except OSError as error:
        fail_on_folder(run_dir, error)


def become(uid: int, gid: int, *capabilities: str) -> list[str]:
    """Return a command that runs another one as a user, with these capabilities only."""
    kept = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    user = ["--reuid", str(uid), "--regid", str(gid), "--clear-groups", "--no-new-privs"]
    return ["setpriv", *user, f"--inh-caps={kept}", f"--ambient-caps={kept}", f"--bounding-set={kept}"]


def obstacle(command: list[str], settings: Settings) -> str:
    """Return why the servers cannot run under `command`: a file that it cannot open, or itself; empty if they can."""
    torchserve = importlib.util.find_spec("ts")
    files = [
        sys.executable,
        os.__file__,
        torchserve and torchserve.origin,
        shutil.which(java()),
        ROOT / "torchserve" / "entrypoint",
        ROOT / "web" / "build-page",
        ROOT / "web" / "callers",
        ROOT / "web" / "public" / "index.html",
        settings.model_store / "digits.mar",
        settings.run_dir,
    ]
    existing = [str(file) for file in files if file and Path(file).exists()]
    result = subprocess.run(
        [*command, "sh", "-c", OPEN_EACH, "sh", *existing], capture_output=True, text=True, check=False
    )
    return (result.stdout + result.stderr).strip() if result.returncode else ""
