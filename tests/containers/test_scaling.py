"""`docker compose up --scale`: nginx follows the replicas that there are."""

import time

from tests.containers.conftest import containers, scale
from tests.containers.load import Load
from tools.engine_client import inspect, logs
from tools.stack import Stack

START_S = 30


def test_replica_that_is_added_gets_requests_and_one_that_is_taken_away_loses_none(stack: Stack) -> None:
    before = set(containers("torchserve"))
    with Load(stack.url) as load:
        scale(3, stack.ports["PORT"])
        [added] = set(containers("torchserve")) - before
        began = time.monotonic()
        while inspect(added)["State"]["Health"]["Status"] != "healthy":
            assert time.monotonic() - began < START_S, logs(added)[-3000:]
            load.go_on(0.5)
        load.go_on(2)
        answered = logs(added).count('"status":200')
        scale(2, stack.ports["PORT"])
        load.go_on(2)
    assert load.failures == []
    assert answered > 10
    assert set(containers("torchserve")) == before
