"""What runs the checks: the Makefile, the workflow, the hooks before a commit, and how git checks scripts out."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.stack import ROOT

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
MAKE = re.compile(r"\bmake ([a-z-]+)")


def targets(script: str) -> set[str]:
    """Return the targets that a script makes."""
    return set(MAKE.findall(script))


def make(*arguments: str) -> str:
    ended = subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


HELP = targets(make("help"))
WORKFLOW_TARGETS = set().union(*(targets(step.get("run", "")) for step in STEPS))


def test_help_lists_every_phony_target() -> None:
    [declared, *parts] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts == ["$(CHECKS)"]
    assert set(declared.split()) == HELP


def test_workflow_makes_targets_of_the_makefile() -> None:
    assert {"run", "check", "test"} <= WORKFLOW_TARGETS <= HELP


def test_workflow_makes_what_must_hold_before_a_change_is_taken() -> None:
    assert targets((ROOT / ".ci" / "run").read_text()) <= WORKFLOW_TARGETS


def test_workflow_runs_the_oldest_and_the_newest_python_that_the_project_supports() -> None:
    tested = {entry["python"] for entry in WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["include"]}
    assert {"3.11", "3.13"} <= tested


def test_workflow_pins_every_action_by_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)] == []


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_hook_before_a_commit_makes_a_part_of_make_check(hook: dict[str, Any]) -> None:
    assert hook["entry"] == f"make check-{hook['id']}"


def test_every_part_of_make_check_has_a_hook() -> None:
    [parts] = re.findall(r"^CHECKS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts.split() == [f"check-{hook['id']}" for hook in HOOKS]


def test_scripts_have_no_carriage_return_in_a_clone_that_asks_for_them(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository: git cannot check its files out again")
    clone = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", "--depth=1", ROOT.as_uri(), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    texts = [
        path
        for path in (tmp_path / "clone").rglob("*")
        if path.is_file() and path.suffix not in {".png", ".jpg", ".ico", ".pt"}
    ]
    assert [path for path in texts if ".git" not in path.parts and b"\r" in path.read_bytes()] == []
