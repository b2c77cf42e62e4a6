import os
import re
import subprocess
from pathlib import Path
from string import Template

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tools.run.metrics import MAX_READ_BYTES, AccessLog, NginxMetrics
from tools.run.settings import ROOT

LOG_FORMAT = "".join(re.findall(r"^    '(.+)'", (ROOT / "web/nginx/access_log.conf").read_text(), re.MULTILINE))


def line(**fields: object) -> bytes:
    """Return a line as nginx writes it: its variables by the names that they have in the log."""
    entry = {"route": "single", "status": 200, "seconds": 0.02, "upstream": "a:1", "upstream_status": "200", **fields}
    names = re.findall(r'"(\w+)":"?\$(\w+)', LOG_FORMAT)
    values = {variable: entry.get(name, "1") for name, variable in names}
    values["request_time"] = f"{entry['seconds']:.3f}" if isinstance(entry["seconds"], float) else entry["seconds"]
    return Template(LOG_FORMAT).substitute(values).encode() + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as log:
        log.write(data)


def samples(log: AccessLog, run_dir: Path) -> dict[str, float]:
    """Return what is served, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(NginxMetrics(log, run_dir))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_durations_and_tries_are_counted(path: Path) -> None:
    log = AccessLog(path)
    append(
        path,
        line() + line(seconds=0.005) + line(status=503, seconds=3.0, upstream="a:1, b:1", upstream_status="-, 502"),
    )
    append(path, line(route="page", upstream="", upstream_status=""))
    append(
        path, line(route="batch", status=0, seconds=99.0, upstream="a:1 : b:1, c:1", upstream_status="504 : 200, 200")
    )
    log.read()
    found = samples(log, path.parent)
    assert found["digits_requests_total['200', 'single']"] == 2
    assert found["digits_requests_total['503', 'single']"] == 1
    assert found["digits_requests_total['000', 'batch']"] == 1
    assert found["digits_upstream_responses_total['200', 'a:1']"] == 2
    assert found["digits_upstream_responses_total['-', 'a:1']"] == 1
    assert found["digits_upstream_responses_total['502', 'b:1']"] == 1
    assert found["digits_upstream_responses_total['504', 'a:1']"] == 1
    assert found["digits_upstream_responses_total['200', 'c:1']"] == 1
    buckets = {key: value for key, value in found.items() if key.startswith("digits_request_duration_seconds_bucket")}
    single = {key.split("'")[1]: value for key, value in buckets.items() if "single" in key}
    assert (single["0.005"], single["0.01"], single["0.025"], single["2.5"], single["5.0"]) == (1, 1, 2, 2, 3)
    assert single["+Inf"] == found["digits_request_duration_seconds_count['single']"] == 3
    assert found["digits_request_duration_seconds_sum['single']"] == pytest.approx(3.025)
    assert found["digits_disk_writable[]"] == 1


def test_odd_lines_are_left_out(path: Path) -> None:
    log = AccessLog(path)
    odd = [
        b"\n",
        b"no JSON\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"1\n",
        b"{}\n",
        b'{"route":',
        line(status="x"),
        b"\0" * 100 + b"\n",
    ]
    odd += [
        line(route="xyz"),
        line(route='\\"'),
        line(seconds="-"),
        line(seconds="1.2.3"),
        line(status=""),
        line(route=""),
    ]
    append(path, b"".join(odd) + line())
    log.read()
    assert log.requests == {("single", "200"): 1}


@pytest.mark.parametrize("field", ["uri", "agent"])
def test_client_cannot_write_an_entry_of_its_own(path: Path, field: str) -> None:
    log = AccessLog(path)
    # As nginx escapes quotes and backslashes.
    sent = line(route="page")[:-1].replace(b'"', b'\\"') + b"\\\\"
    append(path, line(**{field: sent.decode()}))
    log.read()
    assert log.requests == {("single", "200"): 1}


def test_line_is_counted_once_when_it_is_complete(path: Path) -> None:
    log = AccessLog(path)
    log.read()
    assert log.requests == {}
    append(path, line() + line()[:20])
    for _ in range(2):
        log.read()
        assert log.requests["single", "200"] == 1
    append(path, line()[20:])
    log.read()
    assert log.requests["single", "200"] == 2


def test_lines_of_an_earlier_run_are_not_counted_and_those_after_a_rotation_are(path: Path) -> None:
    append(path, line() * 3)
    log = AccessLog(path)
    append(path, line())
    log.read()
    assert log.requests["single", "200"] == 1
    os.truncate(path, 0)
    append(path, line())
    log.read()
    assert log.requests["single", "200"] == 2


def test_file_without_lines_is_passed_over(path: Path) -> None:
    log = AccessLog(path)
    append(path, b"x" * MAX_READ_BYTES)
    log.read()
    append(path, b"\n" + line())
    log.read()
    assert log.requests["single", "200"] == 1


def test_full_disk_is_seen(tmp_path: Path, path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    try:
        log = AccessLog(path)
        assert samples(log, disk)["digits_disk_writable[]"] == 1
        (disk / "filler").write_bytes(b"x" * (64 << 10))
        assert samples(log, disk)["digits_disk_writable[]"] == 0
        (disk / "filler").unlink()
        assert samples(log, disk)["digits_disk_writable[]"] == 1
    finally:
        subprocess.run(["umount", disk], check=True)
