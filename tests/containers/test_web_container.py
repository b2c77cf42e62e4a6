"""The web container in other surroundings: addresses, name servers, users, folders, and logs that nobody reads."""

import hashlib
import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.containers.access_log import requests_logged
from tests.containers.name_server import __file__ as name_server
from tools.cluster import free_url
from tools.docker import HARDENED, TORCHSERVE, WEB, docker, get_inside, is_healthy, logs

PROBE = "/opt/digits/web/container/probe"
WITH_IPV6 = ("--sysctl", "net.ipv6.conf.all.disable_ipv6=0")
MAX_LOG_BYTES = 8 << 20  # max_log_bytes in web/container/entrypoint
ROUNDS = 40
PIPELINED = 500


@contextmanager
def container(*options: str, image: str = WEB, command: Sequence[str] = ()) -> Iterator[str]:
    """Run a container without privileges, and remove it at the end. Yields its id."""
    hardened = [option for option in HARDENED if option != "--read-only"]
    name = docker("run", "--detach", *hardened, *options, image, *command)
    try:
        yield name
    finally:
        docker("rm", "--force", name)


def wait_until_healthy(name: str) -> None:
    """Wait until the image's own health check succeeds."""
    deadline = time.monotonic() + 20
    while not is_healthy(name):
        assert time.monotonic() < deadline, logs(name)
        time.sleep(0.3)


def answers(name: str, host: str, port: int) -> bool:
    """Whether nginx answers at an address inside the container."""
    request = f"exec 3<>/dev/tcp/{host}/{port} && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3"
    return " 200 " in docker("exec", name, "bash", "-c", request, check=False)


@pytest.mark.parametrize(
    ("listen", "options", "reached", "unreached"),
    [
        ("9000", (), ["127.0.0.1"], []),
        ("9000", WITH_IPV6, ["127.0.0.1", "::1"], []),
        ("[::]:9000", WITH_IPV6, ["127.0.0.1", "::1"], []),
        ("[::]:9000", (), ["127.0.0.1"], []),
        ("[::1]:9000", WITH_IPV6, ["::1"], ["127.0.0.1"]),
        ("127.0.0.1:9000", WITH_IPV6, ["127.0.0.1"], ["::1"]),
    ],
)
def test_container_is_healthy_wherever_it_listens(
    listen: str, options: tuple[str, ...], reached: list[str], unreached: list[str]
) -> None:
    with container("--env", f"LISTEN={listen}", *options) as name:
        wait_until_healthy(name)
        assert all(answers(name, host, 9000) for host in reached)
        assert not any(answers(name, host, 9000) for host in unreached)


def test_ipv4_clients_keep_their_address_where_ipv6_is_on() -> None:
    with container(*WITH_IPV6) as name:
        wait_until_healthy(name)
        get_inside(name, 8080, "/openapi.json")
        docker("kill", "--signal", "QUIT", name)
        docker("wait", name)
        [request] = [request for request in requests_logged(name) if request["uri"] == "/openapi.json"]
    assert request["client"] == "127.0.0.1"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_replica_is_found_through_an_ipv6_name_server_after_a_tab(tmp_path: Path, address: str) -> None:
    """One network without other addresses than the loopback's, as in a pod with both containers."""
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("search\tdigits.test\nnameserver\tfe80::1%eth0\nnameserver\t::1\n")
    settings = ("--env", "LISTEN=9000", "--env", "TORCHSERVE=replicas.digits.test")
    files = ("--volume", f"{resolv}:/etc/resolv.conf:ro")
    with container("--network", "none", *WITH_IPV6, *settings, *files) as name:
        network = ("--network", f"container:{name}")
        answer = json.dumps({"replicas.digits.test": [address]})
        server = ("--user", "0", "--cap-add", "NET_BIND_SERVICE", "--volume", f"{name_server}:/name_server.py:ro")
        script = f"echo '{answer}' >/tmp/answers && exec /opt/venv/bin/python /name_server.py /tmp/answers ::1"
        with (
            container(*network, *server, "--entrypoint", "bash", image=TORCHSERVE, command=("-c", script)),
            container(*network, "--tmpfs", "/tmp", image=TORCHSERVE),
        ):
            deadline = time.monotonic() + 60
            while docker("exec", name, "bash", "-c", f"{PROBE} /readyz && echo ready", check=False) != "ready":
                assert time.monotonic() < deadline, logs(name)
                time.sleep(0.5)


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        (("--user", "12345:0"), "/run/digits"),
        (("--user", "12345:0", "--read-only", "--tmpfs", "/run/digits:mode=0770,gid=0"), "/run/digits"),
        (("--user", "12345:0", "--read-only"), "/dev/shm/digits"),
        (("--user", "1000660000:0", "--read-only"), "/dev/shm/digits"),
        (("--user", "12345:12345"), "/dev/shm/digits"),
        ((), "/run/digits"),
    ],
)
def test_container_runs_as_any_user_with_or_without_a_volume(options: tuple[str, ...], folder: str) -> None:
    with container(*options) as name:
        wait_until_healthy(name)
        assert docker("exec", name, "stat", "--format", "%F", f"{folder}/nginx.pid") == "regular file"
        docker("restart", name)
        wait_until_healthy(name)


def test_container_that_can_write_nowhere_says_so() -> None:
    with container("--read-only", "--ipc", "none") as name:
        assert docker("wait", name) == "1"
        assert "neither /run/digits nor /dev/shm/digits can be written. Mount a volume" in logs(name)


def test_setting_that_nginx_does_not_accept_is_in_the_log() -> None:
    with container("--env", "RATE_LIMIT=fast") as name:
        assert docker("wait", name) == "1"
        assert 'invalid rate "rate=fast"' in logs(name)


def test_container_asks_for_the_keys_of_its_file_and_answers_listed_origins(tmp_path: Path) -> None:
    key, url = "a" * 64, free_url()
    (tmp_path / "api-keys").write_text(f"{hashlib.sha256(key.encode()).hexdigest()} scanner\n")
    (tmp_path / "api-keys").chmod(0o644)
    volume = ("--volume", f"{tmp_path / 'api-keys'}:/etc/digits/api-keys:ro", "--env", "API_KEYS=/etc/digits/api-keys")
    published = ("--publish", f"{url.removeprefix('http://')}:8080", "--env", "CORS_ORIGINS=https://app.example.com")
    with container(*volume, *published) as name:
        wait_until_healthy(name)
        sent = {"Content-Type": "image/png", "Origin": "https://app.example.com"}
        refused = requests.post(f"{url}/predictions/digits", b"x", headers=sent, timeout=20)
        known = {**sent, "Authorization": f"Bearer {key}"}
        accepted = requests.post(f"{url}/predictions/digits", b"x", headers=known, timeout=20)
        docker("kill", "--signal", "QUIT", name)
        docker("wait", name)
        callers = [request["caller"] for request in requests_logged(name) if request["method"] == "POST"]
    assert (refused.status_code, accepted.status_code) == (401, 503)  # there is no TorchServe
    assert accepted.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert callers == ["", "scanner"]


@pytest.mark.parametrize(
    ("setting", "reason"), [("API_KEYS=/nowhere", "not a file"), ("CORS_ORIGINS=*", "not an origin")]
)
def test_container_with_a_wrong_setting_of_callers_does_not_start(setting: str, reason: str) -> None:
    with container("--env", setting) as name:
        assert docker("wait", name) == "1"
        assert reason in logs(name)


def test_every_request_is_in_the_log_up_to_the_last() -> None:
    url = free_url()
    with container("--publish", f"{url.removeprefix('http://')}:8080") as name, requests.Session() as session:
        wait_until_healthy(name)
        for number in range(300):
            session.get(f"{url}/{number}", timeout=10)
        docker("kill", "--signal", "QUIT", name)
        session.close()
        assert docker("wait", name) == "0"
        logged = [request["uri"] for request in requests_logged(name)]
    assert logged == [f"/{number}" for number in range(300)]


def test_container_ends_when_a_process_of_nginx_was_killed() -> None:
    """The requests that the process held would count as in progress forever. The restart policy starts a container."""
    with container() as name:
        wait_until_healthy(name)
        search = "grep --files-with-matches 'nginx: worker' /proc/[0-9]*/cmdline | cut --delimiter=/ --fields=3"
        docker("exec", name, "bash", "-c", f"kill -KILL $({search} | head -n 1)")
        assert docker("wait", name) == "0"
        assert "exited on signal 9" in logs(name)


def pipeline(url: str, count: int) -> float:
    """Send requests for a long path over one connection, and return how many seconds all responses took."""
    host, port = url.removeprefix("http://").split(":")
    request = f"GET /{'x' * 190} HTTP/1.1\r\nHost: web\r\nUser-Agent: {'x' * 200}\r\n\r\n".encode()
    began = time.monotonic()
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request * count)
        responses = b""
        while responses.count(b"HTTP/1.1 404") < count or not responses.endswith(b"}\n"):
            part = connection.recv(1 << 20)
            assert part
            responses += part
    return time.monotonic() - began


def test_log_that_nobody_reads_stops_no_request_and_stays_bounded() -> None:
    """Both outputs are pipes, as those to containerd are. A pipe that nobody reads takes 64 KiB."""
    url = free_url()
    unread = "/opt/digits/web/container/entrypoint > >(sleep infinity) 2> >(sleep infinity)"
    options = ("--publish", f"{url.removeprefix('http://')}:8080", "--entrypoint", "bash")
    sizes: list[int] = []
    with container(*options, command=("-c", unread)) as name:
        wait_until_healthy(name)
        for _ in range(ROUNDS):
            assert pipeline(url, PIPELINED) < 2
            sizes.append(int(docker("exec", name, "stat", "--format", "%s", "/run/digits/access.log")))
        line = docker("exec", name, "tail", "--lines", "1", "/run/digits/access.log")
    assert ROUNDS * PIPELINED * len(line) > 1.5 * MAX_LOG_BYTES
    assert max(sizes) < 2 * MAX_LOG_BYTES
    assert sorted(sizes) != sizes  # it was emptied
