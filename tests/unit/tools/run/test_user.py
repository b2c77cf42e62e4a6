import os
import subprocess
from pathlib import Path

import pytest

from tools.run.settings import Settings
from tools.run.user import become, give, obstacle

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a model store that is only for root."""
    (tmp_path / "store").mkdir(mode=0o700)
    (tmp_path / "store" / "digits.mar").touch()
    return Settings("127.0.0.1", "127.0.0.1", {}, 1, Path("/tmp"), tmp_path / "store")


@pytest.mark.parametrize(("capabilities", "mask"), [([], 0), (["dac_read_search"], 1 << 2)])
def test_user_has_the_named_capabilities_only(capabilities: list[str], mask: int) -> None:
    command = [*become(NOBODY, NOBODY, *capabilities), "cat", "/proc/self/status"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    status = {name: value.split() for name, _, value in (line.partition(":") for line in output.splitlines())}
    assert status["Uid"] == status["Gid"] == [str(NOBODY)] * 4
    assert status["Groups"] == []
    assert [int(status[name][0], 16) for name in ("CapPrm", "CapEff", "CapBnd")] == [mask] * 3
    assert status["NoNewPrivs"] == ["1"]


def test_file_that_is_only_for_root_is_an_obstacle_without_the_capability(settings: Settings) -> None:
    assert obstacle(become(NOBODY, NOBODY), settings).endswith(" is closed to it")
    assert obstacle(become(NOBODY, NOBODY, "dac_read_search"), settings) == ""


def test_empty_folder_is_given_and_one_with_other_files_is_not(tmp_path: Path) -> None:
    for folder in (tmp_path / "empty", tmp_path / "used"):
        folder.mkdir()
    (tmp_path / "used" / "letter").touch()
    for folder in (tmp_path / "empty", tmp_path / "used", tmp_path / "new" / "run"):
        give(folder, NOBODY, NOBODY)
    assert (tmp_path / "empty").stat().st_uid == (tmp_path / "new" / "run").stat().st_uid == NOBODY
    assert (tmp_path / "used").stat().st_uid == (tmp_path / "used" / "letter").stat().st_uid == 0
    assert (tmp_path / "new" / "run").stat().st_mode & 0o777 == 0o700
