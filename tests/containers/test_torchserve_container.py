"""The TorchServe container as any user, with or without a volume."""

import time

import pytest

from tools.docker import HARDENED, TORCHSERVE, docker, is_healthy, logs


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        (("--user", "1000660000:0"), "/dev/shm/digits"),
        (("--user", "1000660000:0", "--tmpfs", "/tmp:size=256m,mode=1777"), "/tmp"),
    ],
)
def test_container_answers_as_any_user_of_group_0_on_a_read_only_file_system(
    options: tuple[str, ...], folder: str
) -> None:
    hardened = (*HARDENED, "--memory", "2304m", *options)
    name = docker("run", "--detach", *hardened, TORCHSERVE)
    try:
        deadline = time.monotonic() + 90
        while not is_healthy(name):
            assert time.monotonic() < deadline, logs(name)
            time.sleep(1)
        assert docker("exec", name, "stat", "--format", "%u", f"{folder}/torchserve.pid") == "1000660000"
    finally:
        docker("rm", "--force", name)


def test_container_that_can_write_nowhere_says_so() -> None:
    name = docker("run", "--detach", "--read-only", "--ipc", "none", TORCHSERVE)
    try:
        assert docker("wait", name) == "1"
        assert "user 10001 cannot write to /tmp. Mount a volume there" in logs(name)
    finally:
        docker("rm", "--force", name)
