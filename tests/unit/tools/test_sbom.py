import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.run.settings import ROOT
from tools.sbom import bill, debian_packages, netty_libraries, python_packages

DEBIAN = {"ID": "debian", "VERSION_ID": "12"}


def assert_valid(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_bill_is_valid_and_names_every_package() -> None:
    components = [
        *python_packages("Pillow 13.0.0\ntorch 2.13.0+cpu\nPillow 13.0.0"),
        *debian_packages("bash 5.2.15-2+b7 amd64\ntzdata 2026a all", DEBIAN),
        *netty_libraries("# a comment\nnetty-codec.version=4.1.53.Final\nnetty-codec.shortCommitHash=abc\n"),
    ]
    text = bill("digits-torchserve:1.2.3", components)
    assert_valid(text)
    found = json.loads(text)
    assert sorted(item["purl"] for item in found["components"]) == [
        "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12",
        "pkg:deb/debian/tzdata@2026a?arch=all&distro=debian-12",
        "pkg:maven/io.netty/netty-codec@4.1.53.Final",
        "pkg:pypi/pillow@13.0.0",
        "pkg:pypi/torch@2.13.0%2Bcpu",
    ]
    assert found["metadata"]["component"]["version"] == "1.2.3"


def test_statements_on_vulnerabilities_are_valid_cyclonedx() -> None:
    assert_valid((ROOT / "torchserve" / "vex.json").read_text())


@pytest.mark.parametrize("line", ["bash 5.2.15", "bash"])
def test_line_that_is_not_a_package_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        list(debian_packages(line, DEBIAN))
