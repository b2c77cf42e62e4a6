"""compose.yaml builds the images that the Dockerfile describes."""

import re

import yaml

import handler
from tools.stack import ROOT

SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def defaults(service: str) -> dict[str, str]:
    """Return the build arguments of a service where no variable is set."""
    unset = [re.sub(r"\$\{\w+:?-(.*)\}", r"\1", argument) for argument in SERVICES[service]["build"]["args"]]
    return dict(argument.split("=", 1) for argument in unset)


def test_build_arguments_default_to_those_of_the_dockerfile() -> None:
    dockerfile = dict(re.findall(r"^ARG (\w+)=(.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    for service in SERVICES:
        assert defaults(service) == {
            **{name: dockerfile[name] for name in defaults(service)},
            "VERSION": handler.__version__,
        }


def test_images_are_those_that_make_images_builds() -> None:
    for service, settings in SERVICES.items():
        assert settings["image"] == f"digits-{service}:${{VERSION:-{handler.__version__}}}"
        assert settings["build"]["target"] == service
