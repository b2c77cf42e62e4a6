"""The local overlay comes up on the only node of any cluster, whatever that node lacks."""

import pytest

from tests.manifests.rendering import COMPONENTS, Manifest, container, environment, manifests, of_kind

every_set = pytest.mark.parametrize("components", COMPONENTS)

# Of two cores, what a kubeadm control plane with its network and name servers leaves: it asks for 950m.
FREE_CPU_MILLI = 2000 - 950
# Of 4 GiB, what it and the system leave.
FREE_MEMORY_MIB = 3072


def requests_of(deployment: Manifest) -> tuple[int, int]:
    """Return what a pod asks for: thousandths of a core, MiB."""
    asked = container(deployment)["resources"]["requests"]
    return int(asked["cpu"].removesuffix("m")), int(asked["memory"].removesuffix("Mi"))


@every_set
def test_pods_may_run_on_the_control_planes_node(components: tuple[str, ...]) -> None:
    toleration = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
    for deployment in of_kind(manifests("local", components), "Deployment"):
        assert deployment["spec"]["template"]["spec"]["tolerations"] == [toleration]


@every_set
def test_pods_ask_for_nothing_that_a_node_may_not_count(components: tuple[str, ...]) -> None:
    for deployment in of_kind(manifests("local", components), "Deployment"):
        resources = container(deployment)["resources"]
        assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory"}


@every_set
def test_a_rolling_update_fits_on_two_cores_beside_kubernetes(components: tuple[str, ...]) -> None:
    cpu_milli = memory_mib = 0
    for deployment in of_kind(manifests("local", components), "Deployment"):
        # Two, the one that replaces one, and the two before them that are still ending.
        pods = 5
        cpu, memory = requests_of(deployment)
        cpu_milli, memory_mib = cpu_milli + pods * cpu, memory_mib + pods * memory
    if "canary" in components:
        cpu, memory = requests_of(of_kind(manifests("local", components), "Deployment", "torchserve-canary")[0])
        # A canary is one.
        cpu_milli, memory_mib = cpu_milli - 2 * cpu, memory_mib - 2 * memory
    assert cpu_milli <= FREE_CPU_MILLI
    assert memory_mib <= FREE_MEMORY_MIB + (1024 if "canary" in components else 0)


@every_set
def test_rate_limit_is_none_to_speak_of_where_all_clients_have_one_address(components: tuple[str, ...]) -> None:
    [web] = of_kind(manifests("local", components), "Deployment", "web")
    assert environment(web)["RATE_LIMIT"] == "10000r/s"
    [web] = of_kind(manifests("production", components), "Deployment", "web")
    assert "RATE_LIMIT" not in environment(web)


@every_set
def test_page_is_at_the_node_port_and_no_ingress_is_asked_for(components: tuple[str, ...]) -> None:
    objects = manifests("local", components)
    [service] = of_kind(objects, "Service", "web")
    assert service["spec"]["type"] == "NodePort"
    assert [port["nodePort"] for port in service["spec"]["ports"]] == [30800]
    assert of_kind(objects, "Ingress") == []
