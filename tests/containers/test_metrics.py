"""What the web container tells Prometheus."""

import re
from collections.abc import Iterator

import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE
from tools.cluster import Cluster, running
from tools.docker import address_of, docker, get_inside

SAMPLE = re.compile(r"^(digits_\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
PORT = 9113


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    with running(cluster, replicas=1):
        yield cluster


def scrape(cluster: Cluster) -> dict[str, float]:
    """Return the value of each sample, by name and labels."""
    text = get_inside(cluster.web, PORT, "/metrics").partition("\n\n")[2]
    return {f"{name}{{{labels}}}": float(value) for name, labels, value in SAMPLE.findall(text)}


def ask(cluster: Cluster, body: bytes) -> int:
    return requests.post(cluster.url + SINGLE, body, headers={"Content-Type": "image/png"}, timeout=30).status_code


def test_requests_are_counted_by_route_and_status_and_timed(cluster: Cluster) -> None:
    before = scrape(cluster)
    assert [ask(cluster, drawings.seven()) for _ in range(20)] == [200] * 20
    assert [ask(cluster, b"no image") for _ in range(3)] == [400] * 3
    requests.get(f"{cluster.url}/index.html", timeout=10)
    after = scrape(cluster)

    def added(sample: str) -> float:
        return after[sample] - before.get(sample, 0)

    assert added('digits_requests_total{route="single",status="200"}') == 20
    assert added('digits_requests_total{route="single",status="400"}') == 3
    assert added('digits_requests_total{route="page",status="200"}') == 1
    replica = f"{address_of(cluster.replicas[0])}:8080"
    assert added(f'digits_upstream_responses_total{{upstream="{replica}",status="200"}}') == 20
    duration = "digits_request_duration_seconds"
    assert added(f'{duration}_count{{route="single"}}') == 23
    assert added(f'{duration}_bucket{{route="single",le="+Inf"}}') == 23
    assert added(f'{duration}_bucket{{route="single",le="0.05"}}') > 0
    assert 0.02 < added(f'{duration}_sum{{route="single"}}') < 20
    buckets = [value for sample, value in after.items() if sample.startswith(f'{duration}_bucket{{route="single"')]
    assert buckets == sorted(buckets)
    assert after['digits_connections{state="active"}'] >= 1
    assert after["digits_disk_writable{}"] == 1


def test_second_try_is_counted_at_the_replicas_and_not_for_the_client(cluster: Cluster) -> None:
    paused = cluster.replicas[0]
    cluster.wait_until_healthy(cluster.start_replica())
    cluster.wait_until_ready()
    before = scrape(cluster)
    docker("pause", paused)
    try:
        statuses = [ask(cluster, drawings.seven()) for _ in range(10)]
    finally:
        docker("unpause", paused)
    after = scrape(cluster)
    assert statuses == [200] * 10
    assert not [sample for sample in after if 'route="single",status="504"' in sample]
    failed = f'digits_upstream_responses_total{{upstream="{address_of(paused)}:8080",status="504"}}'
    assert after[failed] - before.get(failed, 0) >= 1


def test_full_disk_is_noticed(cluster: Cluster) -> None:
    fill = "head --bytes 1G /dev/zero >/run/digits/temp/filling"
    docker("exec", cluster.web, "bash", "-c", fill, check=False)
    assert scrape(cluster)["digits_disk_writable{}"] == 0
    assert ask(cluster, drawings.seven()) == 200  # a small body is not written to the disk
    docker("exec", cluster.web, "rm", "/run/digits/temp/filling")
    assert scrape(cluster)["digits_disk_writable{}"] == 1
