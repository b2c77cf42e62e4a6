"""A second version of the model behind the same page, as in k8s/components/canary."""

from collections import Counter
from collections.abc import Iterator

import pytest

import handler
from tests.containers.conftest import NEW_VERSION
from tests.containers.load import Load
from tools.cluster import Cluster, running

FIRST_TRY_S = 2.5  # proxy_read_timeout in web/nginx/small.conf


class CanaryCluster(Cluster):
    """A cluster whose web container sends half of the requests to a canary, if there is one."""

    def start_web(self, *options: str) -> None:
        """Start the web container."""
        super().start_web("--env", "CANARY=canary", "--env", "CANARY_SHARE=50%", *options)


@pytest.fixture(scope="module")
def cluster() -> Iterator[CanaryCluster]:
    cluster = CanaryCluster()
    with running(cluster, replicas=1):
        yield cluster


def test_stable_version_answers_while_there_is_no_canary(cluster: CanaryCluster) -> None:
    with Load(cluster.url) as load:
        load.keep_up(3)
    assert load.failures == []
    assert set(load.versions) == {handler.__version__}


def test_canary_gets_its_share_and_killing_it_loses_no_request(cluster: CanaryCluster, new_image: str) -> None:
    canary = cluster.start_replica(new_image, alias="canary")
    cluster.wait_until_healthy(canary)
    with Load(cluster.url) as load:
        load.keep_up(6)
        before = Counter(load.versions)
        cluster.kill(canary)
        load.keep_up(5)
    assert load.failures == []
    assert 0.35 < before[NEW_VERSION] / before.total() < 0.65
    assert load.versions[-1] == handler.__version__
    assert load.count_over(FIRST_TRY_S) <= 2
