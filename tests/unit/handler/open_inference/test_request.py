import base64
import json
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.errors import ApiError, BlankImage, ClientError, ImageTooLarge, MalformedRequest
from handler.instances import MAX_INSTANCES
from handler.open_inference import Outputs, parse
from handler.open_inference.metadata import OUTPUTS
from handler.preprocessing import MAX_BYTES, Alternatives, Pixels

IMAGE = bytes(range(256))
BASE64 = base64.b64encode(IMAGE).decode()
PICTURES = np.random.default_rng(0).integers(1, 256, (2, 28, 28)).astype(np.uint8)


def images(*texts: Any, **changes: Any) -> dict[str, Any]:
    tensor = {"name": "images", "datatype": "BYTES", "shape": [len(texts)], "data": list(texts), **changes}
    return {"inputs": [tensor]}


def pictures(data: Any, count: int = 2, **changes: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "pictures", "datatype": "UINT8", "shape": [count, 28, 28], "data": data, **changes}]}


def read(request: Any, binary: bytes | None = None) -> tuple[list[bytes | Alternatives | ApiError], Outputs]:
    text = json.dumps(request).encode()
    return parse(text + (binary or b""), None if binary is None else str(len(text)))


def rows(request: Any, binary: bytes | None = None) -> list[bytes | Alternatives | ApiError]:
    return read(request, binary)[0]


def in_binary(request: dict[str, Any], binary: bytes) -> list[bytes | Alternatives | ApiError]:
    [tensor] = request["inputs"]
    tensor.pop("data", None)
    tensor.setdefault("parameters", {"binary_data_size": len(binary)})
    return rows(request, binary)


def packed(*elements: bytes) -> bytes:
    return b"".join(len(element).to_bytes(4, "little") + element for element in elements)


def assert_pictures(found: list[bytes | Alternatives | ApiError], expected: Pixels) -> None:
    assert len(found) == len(expected)
    for row, picture in zip(found, expected, strict=True):
        assert isinstance(row, Alternatives)
        np.testing.assert_array_equal(row.pictures, picture[None])
        assert [tuple(box) for box in row.boxes] == [(0, 0, 28, 28)]


def test_images_are_base64_in_json() -> None:
    assert rows(images(BASE64, "data:image/png;base64," + BASE64)) == [IMAGE, IMAGE]


def test_column_of_images_and_a_content_type_are_accepted_as_mlserver_sends_them() -> None:
    assert rows(images(BASE64, BASE64, shape=[2, 1], parameters={"content_type": "base64"})) == [IMAGE, IMAGE]
    assert rows(images([BASE64], [BASE64], shape=[2, 1])) == [IMAGE, IMAGE]


def test_images_are_bytes_as_binary_data() -> None:
    assert in_binary(images(shape=[2]), packed(IMAGE, b"")) == [IMAGE, b""]


@pytest.mark.parametrize("data", [PICTURES.tolist(), PICTURES.ravel().tolist()], ids=["nested", "flat"])
def test_pictures_are_numbers_in_json(data: Any) -> None:
    assert_pictures(rows(pictures(data)), PICTURES)


def test_pictures_are_bytes_as_binary_data() -> None:
    assert_pictures(in_binary(pictures(None), PICTURES.tobytes()), PICTURES)


def test_single_picture_may_be_nested_or_flat() -> None:
    for data in (PICTURES[:1].tolist(), PICTURES[0].ravel().tolist()):
        assert_pictures(rows(pictures(data, count=1)), PICTURES[:1])


def test_picture_without_ink_is_blank_in_its_own_place() -> None:
    both = np.stack([PICTURES[0], np.zeros((28, 28), np.uint8)])
    found = in_binary(pictures(None), both.tobytes())
    assert isinstance(found[0], Alternatives)
    assert isinstance(found[1], BlankImage)


def test_bad_base64_and_a_too_large_element_are_errors_of_their_rows() -> None:
    assert [type(row) for row in rows(images(BASE64, "*", 7))] == [bytes, MalformedRequest, MalformedRequest]
    found = in_binary(images(shape=[2]), packed(bytes(MAX_BYTES + 1), IMAGE))
    assert isinstance(found[0], ImageTooLarge)
    assert found[1] == IMAGE


def test_all_outputs_as_json_are_the_default() -> None:
    assert read(images(BASE64))[1] == Outputs(None, dict.fromkeys(OUTPUTS, False))
    assert read({**images(BASE64), "outputs": [], "id": "a"})[1] == Outputs("a", dict.fromkeys(OUTPUTS, False))


def test_null_is_the_same_as_nothing() -> None:
    request = {**images(BASE64, parameters=None), "id": None, "parameters": None, "outputs": None}
    assert read(request) == ([IMAGE], Outputs(None, dict.fromkeys(OUTPUTS, False)))


def test_outputs_are_selected_in_order_and_may_be_binary() -> None:
    asked = [{"name": "verdict"}, {"name": "digit", "parameters": {"binary_data": False}}]
    request = {**images(BASE64), "parameters": {"binary_data_output": True, "priority": 1}, "outputs": asked}
    assert list(read(request)[1].is_binary.items()) == [("verdict", True), ("digit", False)]


BAD_REQUESTS: dict[str, tuple[Any, str]] = {
    "a list": ([], "not a JSON object"),
    "no inputs": ({}, '"inputs" must be'),
    "two inputs": ({"inputs": images(BASE64)["inputs"] * 2}, '"inputs" must be'),
    "an unknown name": (images(BASE64, name="input-0"), '"images" of datatype BYTES'),
    "a name that is a list": (images(BASE64, name=[]), '"images" of datatype BYTES'),
    "another datatype": (images(BASE64, datatype="FP32"), '"images" of datatype BYTES'),
    "no shape": (images(BASE64, shape=None), r"\[n\] with n from 1 to 256"),
    "empty shape": (images(BASE64, shape=[]), r"\[n\] with n from 1 to 256"),
    "shape of booleans": (images(BASE64, shape=[True]), r"\[n\] with n from 1 to 256"),
    "shape of no row": (images(shape=[0]), r"\[n\] with n from 1 to 256"),
    "too many rows": (images(*[BASE64] * (MAX_INSTANCES + 1)), r"\[n\] with n from 1 to 256"),
    "pictures of another size": (pictures([0] * 8, shape=[2, 2, 2]), r"\[n, 28, 28\]"),
    "fewer elements": (images(BASE64, shape=[2]), "1 elements, but the shape says 2"),
    "no data": (images(data=None, shape=[1]), 'must have "data"'),
    "parameters of a tensor": (images(BASE64, parameters=[]), '"parameters" must be an object'),
    "parameters": ({**images(BASE64), "parameters": 1}, '"parameters" must be an object'),
    "shared memory": (images(parameters={"shared_memory_region": "a"}, shape=[1]), "Shared memory"),
    "too few numbers": (pictures([0] * 783, count=1), "784 whole numbers from 0 to 255"),
    "ragged numbers": (pictures([[[0] * 28] * 28, [[0] * 27] * 28]), "1568 whole numbers"),
    "negative numbers": (pictures([-1] * 784, count=1), "784 whole numbers"),
    "large numbers": (pictures([256] * 784, count=1), "784 whole numbers"),
    "fractions": (pictures([0.5] * 784, count=1), "784 whole numbers"),
    "texts": (pictures(["0"] * 784, count=1), "784 whole numbers"),
    "objects": (pictures([{}] * 784, count=1), "784 whole numbers"),
    "booleans": (pictures([True] * 784, count=1), "784 whole numbers"),
    "a boolean among numbers": (pictures([0] * 783 + [True], count=1), "784 whole numbers"),
    "texts as long as rows": (pictures([["a" * 28] * 28], count=1), "784 whole numbers"),
    "an object as a picture": (pictures([dict.fromkeys(map(str, range(28)), 0)], count=1), "784 whole numbers"),
    "too deep a nesting": (pictures([[[[0] * 28]] * 28], count=1), "784 whole numbers"),
    "a number in place of a picture": (pictures([[[0] * 28] * 28, 0]), "1568 whole numbers"),
    "huge numbers": (pictures([0] * 783 + [2**63], count=1), "784 whole numbers"),
    "an id that is a number": ({**images(BASE64), "id": 1}, '"id" must be a string'),
    "a long id": ({**images(BASE64), "id": "a" * 257}, '"id" must be a string'),
    "an unknown output": ({**images(BASE64), "outputs": [{"name": "logits"}]}, "digit, probabilities"),
    "too many outputs": ({**images(BASE64), "outputs": [{"name": "digit"}] * 5}, "at most 4 objects"),
    "outputs that are texts": ({**images(BASE64), "outputs": ["digit"]}, "digit, probabilities"),
    "outputs that are an object": ({**images(BASE64), "outputs": {"name": "digit"}}, "digit, probabilities"),
    "classification": (
        {**images(BASE64), "outputs": [{"name": "digit", "parameters": {"classification": 3}}]},
        '"classification" is not served',
    ),
    "binary_data": (
        {**images(BASE64), "outputs": [{"name": "digit", "parameters": {"binary_data": 1}}]},
        '"binary_data" must be true or false',
    ),
}


@pytest.mark.parametrize("kind", BAD_REQUESTS)
def test_bad_request_is_malformed_and_says_what_would_be_right(kind: str) -> None:
    request, message = BAD_REQUESTS[kind]
    with pytest.raises(MalformedRequest, match=message):
        read(request)


@pytest.mark.parametrize("length", [1_000, 1_000_000])
def test_long_text_among_the_numbers_costs_no_memory(length: int) -> None:
    """NumPy would make room for it as often as there are numbers."""
    request = pictures(["a" * length] + [""] * (MAX_INSTANCES * 784 - 1), count=MAX_INSTANCES)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedRequest, match="whole numbers"):
            read(request)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", ["", "-1", "1.0", "+2", "9999999", "9" * 5000, "٣", "0x10"])
def test_bad_length_of_the_json_is_malformed(length: str) -> None:
    with pytest.raises(MalformedRequest, match="Inference-Header-Content-Length"):
        parse(json.dumps(images(BASE64)).encode(), length)


@pytest.mark.parametrize(
    "binary",
    [b"", packed(IMAGE)[:-1], packed(IMAGE) + b"x", packed(IMAGE, IMAGE), b"\xff\xff\xff\xff", b"\x01\x00\x00"],
)
def test_binary_elements_that_do_not_fit_are_malformed(binary: bytes) -> None:
    with pytest.raises(MalformedRequest, match="1 elements and no more"):
        in_binary(images(shape=[1]), binary)


def test_binary_data_of_another_size_is_malformed() -> None:
    with pytest.raises(MalformedRequest, match="the 3 bytes that follow"):
        in_binary(images(shape=[1], parameters={"binary_data_size": 4}), b"abc")
    with pytest.raises(MalformedRequest, match='no parameter "binary_data_size"'):
        rows(images(BASE64), b"abc")
    with pytest.raises(MalformedRequest, match="783 bytes, but the shape says 784"):
        in_binary(pictures(None, count=1), bytes(783))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, json.dumps(images(BASE64)).encode() + packed(IMAGE)]
)
def test_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="Inference-Header-Content-Length"):
        parse(body, None)


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
names = st.sampled_from(
    [
        "inputs",
        "outputs",
        "parameters",
        "name",
        "shape",
        "datatype",
        "data",
        "id",
        "images",
        "BYTES",
        "binary_data_size",
    ]
)
documents = st.recursive(
    values | names, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=15
)


@settings(deadline=None)
@given(tensor=st.dictionaries(names, documents), rest=st.dictionaries(names, documents), binary=st.binary(max_size=20))
def test_any_request_is_rows_or_a_client_error(tensor: Any, rest: Any, binary: bytes) -> None:
    for request in (rest, {**rest, "inputs": [{**images(BASE64)["inputs"][0], **tensor}]}):
        for sent in (None, binary):
            try:
                found, outputs = read(request, sent)
            except ClientError:
                continue
            assert 1 <= len(found) <= MAX_INSTANCES
            assert outputs.is_binary.keys() <= OUTPUTS.keys()


@settings(deadline=None)
@given(body=st.binary(max_size=100), length=st.none() | st.text(max_size=6))
def test_any_body_is_rows_or_a_client_error(body: bytes, length: str | None) -> None:
    with pytest.raises(ClientError):
        parse(body, length)
