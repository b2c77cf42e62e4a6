"""`docker compose up --scale`: nginx follows the replicas that exist."""

import time

from tests.containers.conftest import containers, scale
from tests.containers.load import Load
from tests.waiting import wait_until
from tools.docker import inspect, logs
from tools.stack import Stack

START_S = 30


def test_added_replica_gets_requests_and_a_removed_one_loses_none(stack: Stack) -> None:
    before = set(containers("torchserve"))
    with Load(stack.url) as load:
        scale(3, stack.ports["PORT"])
        [added] = set(containers("torchserve")) - before
        began = time.monotonic()
        while inspect(added)["State"]["Health"]["Status"] != "healthy":
            assert time.monotonic() - began < START_S, logs(added)[-3000:]
            load.keep_up(0.5)
        wait_until(lambda: logs(added).count('"status":200') > 10)
        scale(2, stack.ports["PORT"])
        load.keep_up(2)
    assert load.failures == []
    assert set(containers("torchserve")) == before
