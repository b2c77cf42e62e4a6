"""Timeouts end from the inside out, and pods have the time to finish their requests."""

import pytest

from tests.manifests.program_settings import MODEL_CONFIG, instruction, location, nginx
from tests.manifests.rendering import COMBINATIONS, K8S, container, deployments

MAX_DNS_TTL_S = 30  # the default of kube-dns and CoreDNS
TORCHSERVE_STOP_S = 6  # after SIGTERM, measured
MAX_BALANCER_IDLE_S = 600  # of the balancers in front: Google's keep a connection for the longest time


def read_timeout(name: str) -> float:
    return location(f"@{name}").seconds("proxy_read_timeout")


def longest_request() -> float:
    """Return how long all tries of a request may wait for an answer."""
    return max(read_timeout(name) for name in ("small", "medium", "large")) + retries_s()


def retries_s() -> float:
    """Return how long all tries of @retry may wait for an answer."""
    [tries] = location("@retry").one("proxy_next_upstream_tries").arguments
    return int(tries) * read_timeout("retry")


def resolve_interval() -> float:
    [valid] = [item for item in nginx().one("resolver").arguments if item.startswith("valid=")]
    return float(valid.removeprefix("valid=").removesuffix("s"))


def test_all_tries_of_a_request_fit_into_nginxs_timeouts() -> None:
    assert read_timeout("small") < location("@small").seconds("proxy_next_upstream_timeout")
    assert read_timeout("retry") < location("@retry").seconds("proxy_next_upstream_timeout")
    assert read_timeout("small") + retries_s() == read_timeout("large") == read_timeout("medium")
    assert read_timeout("large") > MODEL_CONFIG["responseTimeout"]


def test_nginx_keeps_connections_longer_than_any_balancer_in_front_of_it() -> None:
    assert nginx().seconds("keepalive_timeout") > MAX_BALANCER_IDLE_S


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_pods_have_the_time_to_end_without_losing_a_request(overlay: str, components: tuple[str, ...]) -> None:
    for deployment in deployments(overlay, components, "torchserve"):
        pod = deployment["spec"]["template"]["spec"]
        command = container(deployment)["lifecycle"]["preStop"]["exec"]["command"]
        wait = int(command[-1])
        assert MAX_DNS_TTL_S + resolve_interval() < wait <= pod["terminationGracePeriodSeconds"] - TORCHSERVE_STOP_S
    [web] = deployments(overlay, components, "web")
    pod = web["spec"]["template"]["spec"]
    sleep, wait_s = container(web)["lifecycle"]["preStop"]["exec"]["command"]
    assert sleep == "sleep"
    last_request_s = nginx().seconds("keepalive_min_timeout")
    assert int(wait_s) + last_request_s + longest_request() < pod["terminationGracePeriodSeconds"]
    assert instruction("web", "STOPSIGNAL") == "SIGQUIT"


def test_readme_states_these_times() -> None:
    text = (K8S / "README.md").read_text()
    [web] = deployments("production", (), "web")
    [torchserve] = deployments("production", (), "torchserve")
    seconds = {
        "a replica serves on": int(container(torchserve)["lifecycle"]["preStop"]["exec"]["command"][-1]),
        "web serves on": int(container(web)["lifecycle"]["preStop"]["exec"]["command"][-1]),
        "web starts without a replica": int(container(web)["startupProbe"]["exec"]["command"][-1]),
        "an open connection ends": nginx().seconds("keepalive_min_timeout"),
        "an idle connection ends": nginx().seconds("keepalive_timeout"),
        "a hanging replica is left": read_timeout("small"),
    }
    assert [what for what, value in seconds.items() if f"{value:g} s" not in text] == []


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_a_container_that_no_longer_answers_is_restarted_without_waiting_for_its_requests(
    overlay: str, components: tuple[str, ...]
) -> None:
    for name in ("torchserve", "web"):
        for deployment in deployments(overlay, components, name):
            assert container(deployment)["livenessProbe"]["terminationGracePeriodSeconds"] <= 5
