import hashlib
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.unit.train.data.conftest import Serve
from train.data.download import download, require

BODY = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(BODY).hexdigest()


def test_file_is_downloaded_whole_and_its_digest_recorded_as_sha256sum_does(serve: Serve, tmp_path: Path) -> None:
    download(serve("x.tgz", BODY), tmp_path / "new" / "x.tgz")
    assert (tmp_path / "new/x.tgz").read_bytes() == BODY
    subprocess.run(["sha256sum", "--check", "--strict", "x.tgz.sha256"], cwd=tmp_path / "new", check=True)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["x.tgz", "x.tgz.sha256"]


def test_file_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(BODY)
    download("http://127.0.0.1:1/unreachable", tmp_path / "x")
    assert (tmp_path / "x.sha256").read_text() == f"{DIGEST}  x\n"


def test_file_that_changed_at_its_source_is_rejected(serve: Serve, tmp_path: Path) -> None:
    download(serve("x", BODY), tmp_path / "x")
    (tmp_path / "x").unlink()
    with pytest.raises(ValueError, match=f"(?s){DIGEST}.*delete {tmp_path}/x.sha256"):
        download(serve("x", b"another file"), tmp_path / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x.sha256"]


def test_file_that_was_damaged_on_the_disk_is_downloaded_again(serve: Serve, tmp_path: Path) -> None:
    url = serve("x", BODY)
    download(url, tmp_path / "x")
    (tmp_path / "x").write_bytes(BODY[:-1])
    download(url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


def test_truncated_download_is_an_error_and_leaves_nothing(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="256000 bytes read, 10 more expected"):
        download(serve("x", BODY, missing=10), tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_unreachable_server_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/x"
        with pytest.raises(OSError, match=rf"Cannot download {url}: .*refused.*save the file as {tmp_path}/x"):
            download(url, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_page_that_does_not_exist_is_an_error(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="404"):
        download(serve("x", BODY) + "y", tmp_path / "xy")
    assert list(tmp_path.iterdir()) == []


def test_interrupt_leaves_nothing_and_the_next_download_starts_over(serve: Serve, tmp_path: Path) -> None:
    release = threading.Event()
    url = serve("x", BODY[:-1000], missing=1000, release=release)
    # Shells start background processes, such as these tests, with an ignored SIGINT.
    handle = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = "import sys, pathlib, train.data.download as d; d.download(sys.argv[1], pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", f"{handle}; {code}", url, str(tmp_path / "x")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    release.set()
    assert b"KeyboardInterrupt" in errors
    assert list(tmp_path.iterdir()) == []
    download(serve("x", BODY), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


def test_missing_data_file_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    assert require(tmp_path) == tmp_path
    with pytest.raises(FileNotFoundError, match=r"python -m train\.data"):
        require(tmp_path / "absent")
