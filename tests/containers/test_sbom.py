"""The bills of materials of the images name what is in them."""

import pytest

import handler
from tests.unit.tools.test_sbom import assert_valid
from tools.docker import TORCHSERVE, WEB
from tools.sbom import bill, components_of


@pytest.mark.parametrize(
    ("image", "names"),
    [(TORCHSERVE, {"torchserve", "onnxruntime", "netty-codec-http", "digits", "tini"}), (WEB, {"nginx"})],
)
def test_bill_of_an_image_is_valid_and_names_what_it_is_for(image: str, names: set[str]) -> None:
    components = list(components_of(image))
    found = {component.name: component.version for component in components}
    assert names <= found.keys()
    assert any(name.startswith("openjdk-") for name in found) == (image == TORCHSERVE)
    assert found.get("digits") == (handler.__version__ if image == TORCHSERVE else None)
    assert_valid(bill(image, components))
