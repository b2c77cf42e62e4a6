import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tools.run.torchserve import make_folder


def test_temporary_folder_is_in_the_folder_of_the_run() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as run_dir:
        folder = make_folder(Path(run_dir))
        assert folder == Path(run_dir, "torchserve")
        (folder / "of a run that was killed").touch()
        assert list(make_folder(Path(run_dir)).iterdir()) == []


def test_temporary_folder_is_elsewhere_if_a_socket_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = tmp_path / ("long" * 25)
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        for place, expected in ((short, short), (str(long), "/tmp")):
            long.mkdir(exist_ok=True)
            monkeypatch.setattr(tempfile, "tempdir", None)
            monkeypatch.setenv("TMPDIR", place)
            folder = make_folder(long)
            assert str(folder.parent) == expected
            assert folder.stat().st_mode & 0o777 == 0o700
            folder.rmdir()
        assert list(long.iterdir()) == []


def test_temporary_folder_is_elsewhere_if_it_cannot_be_made() -> None:
    folder = make_folder(Path("/proc/self"))
    assert folder.parent == Path(os.path.realpath(tempfile.gettempdir()))
    folder.rmdir()


def test_temporary_folder_is_elsewhere_if_the_disk_is_full(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=True)
    try:
        folder = make_folder(tmp_path)
        assert tmp_path not in folder.parents
        assert list(tmp_path.iterdir()) == []
        folder.rmdir()
    finally:
        subprocess.run(["umount", tmp_path], check=True)
