"""Every selector selects the intended pods, in every overlay and combination."""

import pytest

from tests.manifests.rendering import (
    COMBINATIONS,
    Manifest,
    container,
    manifests,
    matches,
    of_kind,
    pods,
    selected,
)

pytestmark = pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)

PODS = {"torchserve", "torchserve-canary", "web"}


@pytest.fixture
def objects(overlay: str, components: tuple[str, ...]) -> list[Manifest]:
    return manifests(overlay, components)


def test_deployments_follow_the_components(objects: list[Manifest], components: tuple[str, ...]) -> None:
    assert {name for name, _ in pods(objects)} == PODS - (set() if "canary" in components else {"torchserve-canary"})


@pytest.mark.parametrize("kind", ["Deployment", "PodDisruptionBudget"])
def test_deployments_and_budgets_select_the_pods_of_their_own_name(objects: list[Manifest], kind: str) -> None:
    found = of_kind(objects, kind)
    assert {item["metadata"]["name"] for item in found} == {name for name, _ in pods(objects)}
    for item in found:
        assert selected(objects, item["spec"]["selector"]) == {item["metadata"]["name"]}


def test_each_service_selects_the_pods_of_its_own_name(objects: list[Manifest]) -> None:
    services = {item["metadata"]["name"]: item["spec"]["selector"] for item in of_kind(objects, "Service")}
    fallback = services.pop("torchserve-fallback")
    assert fallback == services["torchserve"]
    assert services.keys() == {name for name, _ in pods(objects)}
    for name, selector in services.items():
        assert selector
        assert selected(objects, {"matchLabels": selector}) == {name}


def test_service_ports_exist_in_the_pods(objects: list[Manifest]) -> None:
    for service in of_kind(objects, "Service"):
        [deployment] = of_kind(objects, "Deployment", service["metadata"]["name"].removesuffix("-fallback"))
        named = {port["name"] for port in container(deployment)["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named


def test_pods_of_one_deployment_spread_over_nodes_and_zones(objects: list[Manifest]) -> None:
    for deployment in of_kind(objects, "Deployment"):
        constraints = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert {item["topologyKey"] for item in constraints} == {
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
        }
        for constraint in constraints:
            assert selected(objects, constraint["labelSelector"]) == {deployment["metadata"]["name"]}


def test_each_deployment_has_one_autoscaler_and_no_replicas_of_its_own(
    objects: list[Manifest], components: tuple[str, ...]
) -> None:
    targets = [
        item["spec"]["scaleTargetRef"]["name"]
        for item in of_kind(objects, "HorizontalPodAutoscaler") + of_kind(objects, "ScaledObject")
    ]
    assert sorted(targets) == sorted(name for name, _ in pods(objects))
    assert len(of_kind(objects, "ScaledObject")) == ("keda" in components)
    assert all("replicas" not in item["spec"] for item in of_kind(objects, "Deployment"))


def test_budget_allows_the_eviction_of_one_pod_at_a_time(objects: list[Manifest]) -> None:
    for budget in of_kind(objects, "PodDisruptionBudget"):
        assert budget["spec"]["maxUnavailable"] == 1


def test_all_other_traffic_is_denied(objects: list[Manifest]) -> None:
    [deny] = of_kind(objects, "NetworkPolicy", "default-deny")
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    policies = of_kind(objects, "NetworkPolicy")
    assert {item["metadata"]["name"] for item in policies} - {"default-deny", "metrics"} == {
        name for name, _ in pods(objects)
    }


def number_of(objects: list[Manifest], name: str, port: str) -> int:
    """Return the number of the port with this name."""
    [deployment] = of_kind(objects, "Deployment", name)
    [number] = [item["containerPort"] for item in container(deployment)["ports"] if item["name"] == port]
    return int(number)


def sources(objects: list[Manifest], name: str, port: str) -> list[Manifest]:
    """Return every peer that policies allow to connect to a port; an empty peer is everyone."""
    labels = dict(pods(objects))[name]
    number = number_of(objects, name, port)
    return [
        peer
        for policy in of_kind(objects, "NetworkPolicy")
        if matches(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get("ingress", [])
        if any(entry["port"] == number for entry in rule["ports"])
        for peer in rule.get("from", [{}])
    ]


def test_only_web_may_connect_to_torchserve_and_anyone_to_web(objects: list[Manifest]) -> None:
    for name, _ in pods(objects):
        peers = sources(objects, name, "http")
        if name == "web":
            assert peers == [{}]
        else:
            [peer] = peers
            assert peer.keys() == {"podSelector"}
            assert selected(objects, peer["podSelector"]) == {"web"}


def test_only_prometheus_may_scrape_metrics(objects: list[Manifest], components: tuple[str, ...]) -> None:
    for name, _ in pods(objects):
        peers = sources(objects, name, "metrics")
        assert len(peers) == ("monitoring" in components)
        for peer in peers:
            assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "monitoring"}
            assert peer["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "prometheus"}


def test_web_may_connect_to_torchserve_and_name_servers_and_torchserve_to_nothing(objects: list[Manifest]) -> None:
    for policy in of_kind(objects, "NetworkPolicy"):
        rules = policy["spec"].get("egress", [])
        if policy["metadata"]["name"] != "web":
            assert rules == []
            continue
        torchserve, names = rules
        assert selected(objects, torchserve["to"][0]["podSelector"]) == {n for n, _ in pods(objects)} - {"web"}
        assert [port["port"] for port in torchserve["ports"]] == [number_of(objects, "torchserve", "http")]
        assert {(port["port"], port["protocol"]) for port in names["ports"]} == {(53, "UDP"), (53, "TCP")}


def test_pod_monitors_scrape_every_pod_once(objects: list[Manifest]) -> None:
    scraped = []
    for monitor in of_kind(objects, "PodMonitor"):
        [endpoint] = monitor["spec"]["podMetricsEndpoints"]
        for name in selected(objects, monitor["spec"]["selector"]):
            scraped.append(name)
            [deployment] = of_kind(objects, "Deployment", name)
            assert endpoint["port"] in {port["name"] for port in container(deployment)["ports"]}
    assert sorted(scraped) == (sorted(name for name, _ in pods(objects)) if scraped else [])


def test_ingress_routes_to_web(objects: list[Manifest], overlay: str) -> None:
    ingresses = of_kind(objects, "Ingress")
    assert len(ingresses) == (overlay == "production")
    for ingress in ingresses:
        [rule] = ingress["spec"]["rules"]
        [path] = rule["http"]["paths"]
        [service] = of_kind(objects, "Service", path["backend"]["service"]["name"])
        assert path["backend"]["service"]["port"]["name"] in {port["name"] for port in service["spec"]["ports"]}
        assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
