from pathlib import Path

from tools.run.logs import last_lines, rotate


def test_log_within_the_limit_stays(tmp_path: Path) -> None:
    log = tmp_path / "log"
    rotate(log, 10)
    log.write_text("0123456789")
    rotate(log, 10)
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_full_log_moves_and_its_server_writes_on(tmp_path: Path) -> None:
    log, old = tmp_path / "log", tmp_path / "log.1"
    with log.open("ab", buffering=0) as server:
        for number in range(3):
            server.write(b"%d" % number * 11)
            rotate(log, 10)
            assert (log.read_bytes(), old.read_bytes()) == (b"", b"%d" % number * 11)
        server.write(b"on")
    assert log.read_bytes() == b"on"
    assert len(list(tmp_path.iterdir())) == 2


def test_log_that_cannot_be_copied_does_not_grow(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 11)
    (tmp_path / "log.1").mkdir()
    rotate(log, 10)
    assert log.read_bytes() == b""


def test_last_lines_are_those_of_this_run(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("earlier\n" + "".join(f"line {number}\n" for number in range(20)))
    assert last_lines(log, len("earlier\n"))[-1] == "line 19"
    assert len(last_lines(log, len("earlier\n"))) == 15
    assert last_lines(log, log.stat().st_size) == []
    assert last_lines(log, log.stat().st_size + 1)[-1] == "line 19"
