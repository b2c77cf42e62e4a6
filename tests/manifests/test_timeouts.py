"""Timeouts end from the inside out, and pods have the time to finish their requests."""

import re

import pytest

from tests.manifests.program_settings import MODEL_CONFIG, default, instruction, location, lua_number, nginx
from tests.manifests.rendering import COMBINATIONS, container, deployments

MAX_DNS_TTL_S = 30  # the default of kube-dns and CoreDNS
RESOLVE_INTERVAL_S = 1  # of web/container/addresses.lua
TORCHSERVE_STOP_S = 6  # after SIGTERM, measured


def read_timeout() -> float:
    return location("@single").seconds("proxy_read_timeout")


def test_both_tries_of_a_request_fit_into_nginxs_timeouts() -> None:
    balancer = nginx().one("upstream", "torchserve").one("balancer_by_lua_block")
    first, last = lua_number(balancer, "first_read_s"), lua_number(balancer, "last_read_s")
    assert first < location("@single").seconds("proxy_next_upstream_timeout")
    assert first + last == read_timeout()
    assert last > MODEL_CONFIG["responseTimeout"]


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_pods_have_the_time_to_end_without_losing_a_request(overlay: str, components: tuple[str, ...]) -> None:
    for deployment in deployments(overlay, components, "torchserve"):
        pod = deployment["spec"]["template"]["spec"]
        command = container(deployment)["lifecycle"]["preStop"]["exec"]["command"]
        wait = int(command[-1])
        assert MAX_DNS_TTL_S + RESOLVE_INTERVAL_S < wait <= pod["terminationGracePeriodSeconds"] - TORCHSERVE_STOP_S
    [web] = deployments(overlay, components, "web")
    pod = web["spec"]["template"]["spec"]
    script = container(web)["lifecycle"]["preStop"]["exec"]["command"][-1]
    found = re.fullmatch(r"touch (\S+) && sleep (\d+)", script)
    assert found is not None
    assert found[1] == f"{default('RUN_DIR')}/draining"
    assert re.search(r'watch\W+\S*/draining"', nginx().one("init_worker_by_lua_block").arguments[0])
    assert int(found[2]) + read_timeout() < pod["terminationGracePeriodSeconds"]
    assert instruction("web", "STOPSIGNAL") == "SIGQUIT"
