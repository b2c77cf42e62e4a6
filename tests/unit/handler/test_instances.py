import base64
from typing import Any

import pytest

from handler.errors import ApiError, MalformedRequest
from handler.instances import FIELDS, EncodedImage, read_instances
from handler.preprocessing import NumberImage

IMAGE = bytes(range(256))
BASE64 = base64.b64encode(IMAGE).decode()


def read(*instances: Any) -> list[EncodedImage | ApiError]:
    return read_instances({"instances": instances and list(instances)}, explained=False)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [BASE64, {"b64": BASE64}], ids=["text", "object"])
def test_image_is_read_from_the_fields_of_other_servers(field: str, value: Any) -> None:
    assert read({field: value}) == [IMAGE]


def test_instances_may_be_text_and_formats_may_be_mixed() -> None:
    assert read(BASE64, {"b64": BASE64}, {"image_bytes": {"b64": BASE64}, "key": "0"}) == [IMAGE] * 3


def test_field_may_be_combined_with_what_is_read() -> None:
    assert read({"data": BASE64, "read": "number"}) == [NumberImage(IMAGE)]


@pytest.mark.parametrize("instance", [[[0, 1], [2, 3]], {"data": [[0.0] * 28] * 28}, {"image": [0] * 784}], ids=str)
def test_pixels_get_an_error_that_says_where_they_go(instance: Any) -> None:
    image, error = read(BASE64, instance)
    assert image == IMAGE
    assert isinstance(error, MalformedRequest)
    assert "/v2/models/digits/infer" in str(error)


def test_instance_without_an_image_is_told_what_would_be_right() -> None:
    [error] = read({"picture": BASE64})
    assert isinstance(error, MalformedRequest)
    assert '{"instances": [{"image": {"b64": "<base64>"}}, …]}' in str(error)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"inputs": []}, "/v2/models/digits/infer"),
        ({"image": BASE64}, "/predictions/digits"),
        ({"data": BASE64}, "/predictions/digits"),
    ],
    ids=str,
)
def test_body_of_another_interface_is_told_where_it_goes(body: dict[str, Any], path: str) -> None:
    with pytest.raises(MalformedRequest, match=f"POST {path}; here, send"):
        read_instances(body, explained=False)
