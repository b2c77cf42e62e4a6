"""Containers run without privileges and write only to their own folders, in every overlay and combination."""

import pytest

from tests.manifests.program_settings import COMPOSE, default, instruction
from tests.manifests.rendering import COMBINATIONS, container, deployments, manifests, of_kind

pytestmark = pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)


def test_every_container_runs_unprivileged(overlay: str, components: tuple[str, ...]) -> None:
    users = {instruction(stage, "USER") for stage in ("torchserve", "web")}
    for deployment in of_kind(manifests(overlay, components), "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        ids = {name: pod["securityContext"].get(name) for name in ("runAsUser", "runAsGroup", "fsGroup")}
        if "assigned-ids" in components:
            assert set(ids.values()) == {None}
        else:
            assert {user.split(":")[0] for user in users} == {str(ids["runAsUser"])}
            assert ids["runAsGroup"] == ids["fsGroup"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert container(deployment)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    for service in COMPOSE["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_writable_folders_are_those_that_the_programs_write_to(overlay: str, components: tuple[str, ...]) -> None:
    folders = {"torchserve": "/tmp", "web": default("RUN_DIR")}
    for name, folder in folders.items():
        assert [mount.split(":")[0] for mount in COMPOSE["services"][name]["tmpfs"]] == [folder]
        for deployment in deployments(overlay, components, name):
            [mount] = [mount for mount in container(deployment)["volumeMounts"] if not mount.get("readOnly")]
            assert mount["mountPath"] == folder
