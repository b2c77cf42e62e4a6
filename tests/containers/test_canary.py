"""A second model version behind the same page, as k8s/components/canary has it."""

from collections import Counter
from collections.abc import Iterator

import pytest

import handler
from tests.containers.conftest import NEW_VERSION
from tests.containers.load import Load
from tools.cluster import Cluster, running


class TrialCluster(Cluster):
    """A cluster whose web container gives half of the requests to a canary, if there is one."""

    def start_web(self, *options: str) -> None:
        """Start the web container."""
        super().start_web("--env", "CANARY=canary", "--env", "CANARY_SHARE=50%", *options)


@pytest.fixture(scope="module")
def cluster() -> Iterator[TrialCluster]:
    cluster = TrialCluster()
    with running(cluster, replicas=1):
        yield cluster


def test_stable_version_answers_while_there_is_no_canary(cluster: TrialCluster) -> None:
    with Load(cluster.url) as load:
        load.go_on(3)
    assert load.failures == []
    assert set(load.versions) == {handler.__version__}


def test_canary_gets_its_share_and_its_death_loses_no_request(cluster: TrialCluster, new_image: str) -> None:
    canary = cluster.start_replica(new_image, alias="canary")
    cluster.wait_until_healthy(canary)
    with Load(cluster.url) as load:
        load.go_on(6)
        before = Counter(load.versions)
        cluster.kill(canary)
        load.go_on(5)
    assert load.failures == []
    assert 0.35 < before[NEW_VERSION] / before.total() < 0.65
    assert load.versions[-1] == handler.__version__
