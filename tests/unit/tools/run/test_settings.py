import pytest

from tools.run.settings import NGINX_SETTINGS, read_settings


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "TORCHSERVE_PORT", "METRICS_PORT", "WORKERS", "RUN_DIR", "MODEL_STORE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("host", "listen", "reachable_at", "url"),
    [
        ("", "127.0.0.1:8000", "127.0.0.1", "http://localhost:8000"),
        ("localhost", "127.0.0.1:8000", "127.0.0.1", "http://localhost:8000"),
        ("192.0.2.1", "192.0.2.1:8000", "192.0.2.1", "http://192.0.2.1:8000"),
        ("0.0.0.0", "0.0.0.0:8000", "127.0.0.1", "http://localhost:8000"),
        ("::1", "[::1]:8000", "::1", "http://[::1]:8000"),
        ("[::1]", "[::1]:8000", "::1", "http://[::1]:8000"),
        ("::", "[::]:8000 ipv6only=off", "::1", "http://localhost:8000"),
    ],
)
def test_host_is_listened_on_and_reached(
    monkeypatch: pytest.MonkeyPatch, host: str, listen: str, reachable_at: str, url: str
) -> None:
    monkeypatch.setenv("HOST", host)
    settings = read_settings()
    assert (settings.listen, settings.reachable_at, settings.url) == (listen, reachable_at, url)


@pytest.mark.parametrize("host", ["nowhere.invalid", "1.2.3.4.5", "a" * 70])
def test_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HOST", host)
    with pytest.raises(SystemExit, match=rf"tools/run: HOST={host} is not known\. Use an IP address"):
        read_settings()


@pytest.mark.parametrize("port", ["0", "70000", "http", "-1", "８０００"])
def test_number_that_is_not_a_port_is_rejected(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"tools/run: PORT={port} is not a port: use a number from 1 to 65535"):
        read_settings()


@pytest.mark.parametrize("workers", ["0", "two", "-1"])
def test_number_that_is_not_a_number_of_workers_is_rejected(monkeypatch: pytest.MonkeyPatch, workers: str) -> None:
    monkeypatch.setenv("WORKERS", workers)
    with pytest.raises(SystemExit, match=f"tools/run: WORKERS={workers} is not a number of processes: use 1 or more"):
        read_settings()


def test_settings_of_nginx_are_read_and_an_empty_one_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT", "5r/s")
    monkeypatch.setenv("RATE_BURST", "")
    monkeypatch.delenv("KEEPALIVE_TIMEOUT", raising=False)
    assert read_settings().nginx == {**NGINX_SETTINGS, "RATE_LIMIT": "5r/s"}
