"""The local overlay runs on the only node of a small cluster."""

import pytest

from tests.manifests.rendering import COMPONENTS, Manifest, container, environment, manifests, of_kind

every_set = pytest.mark.parametrize("components", COMPONENTS)

# Of two cores, a kubeadm control plane with its network plugin and name servers requests 950m.
FREE_CPU_MILLI = 2000 - 950
# Of 4 GiB, what the control plane and the system leave free.
FREE_MEMORY_MIB = 3072


def requests_of(deployment: Manifest) -> tuple[int, int]:
    """Return what a pod requests: millicores, MiB."""
    requests = container(deployment)["resources"]["requests"]
    return int(requests["cpu"].removesuffix("m")), int(requests["memory"].removesuffix("Mi"))


@every_set
def test_pods_may_run_on_a_control_plane_node(components: tuple[str, ...]) -> None:
    toleration = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
    for deployment in of_kind(manifests("local", components), "Deployment"):
        assert deployment["spec"]["template"]["spec"]["tolerations"] == [toleration]


@every_set
def test_pods_request_only_cpu_and_memory(components: tuple[str, ...]) -> None:
    for deployment in of_kind(manifests("local", components), "Deployment"):
        resources = container(deployment)["resources"]
        assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory"}


@every_set
def test_a_rolling_update_fits_on_two_cores_beside_kubernetes(components: tuple[str, ...]) -> None:
    cpu_milli = memory_mib = 0
    for deployment in of_kind(manifests("local", components), "Deployment"):
        # Two, a new one that replaces one of them, and two old ones that are still stopping.
        pods = 5
        cpu, memory = requests_of(deployment)
        cpu_milli, memory_mib = cpu_milli + pods * cpu, memory_mib + pods * memory
    if "canary" in components:
        cpu, memory = requests_of(of_kind(manifests("local", components), "Deployment", "torchserve-canary")[0])
        # A canary has one replica.
        cpu_milli, memory_mib = cpu_milli - 2 * cpu, memory_mib - 2 * memory
    assert cpu_milli <= FREE_CPU_MILLI
    assert memory_mib <= FREE_MEMORY_MIB + (1024 if "canary" in components else 0)


@every_set
def test_rate_limit_is_high_where_all_clients_share_one_address(components: tuple[str, ...]) -> None:
    [web] = of_kind(manifests("local", components), "Deployment", "web")
    assert environment(web)["RATE_LIMIT"] == "10000r/s"
    [web] = of_kind(manifests("production", components), "Deployment", "web")
    assert "RATE_LIMIT" not in environment(web)


@every_set
def test_page_is_at_the_node_port_without_an_ingress(components: tuple[str, ...]) -> None:
    objects = manifests("local", components)
    [service] = of_kind(objects, "Service", "web")
    assert service["spec"]["type"] == "NodePort"
    assert [port["nodePort"] for port in service["spec"]["ports"]] == [30800]
    assert of_kind(objects, "Ingress") == []


@every_set
def test_every_autoscaler_stops_at_what_one_node_can_run(components: tuple[str, ...]) -> None:
    objects = manifests("local", components)
    autoscalers = of_kind(objects, "HorizontalPodAutoscaler")
    assert autoscalers
    assert all(item["spec"]["maxReplicas"] <= 4 for item in autoscalers)
    assert all(item["spec"]["maxReplicaCount"] <= 4 for item in of_kind(objects, "ScaledObject"))
