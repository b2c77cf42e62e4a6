import base64
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.errors import ApiError, ClientError, ImageTooLarge, MalformedRequest, UnsupportedMediaType
from handler.payload import IMAGE_TYPES, Image, Payload, parse
from handler.preprocessing import MAX_BYTES, NumberImage

JSON = "application/json"
IMAGE = bytes(range(256))
BASE64 = base64.b64encode(IMAGE).decode()


def single(document: Any) -> Payload[Image]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse({"body": bytearray(body)}, content_type=JSON, batched=False)


def batch(document: Any) -> Sequence[Image | ApiError]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    payload = parse({"body": bytearray(body)}, content_type=JSON, batched=True)
    assert payload.batched
    return payload.images


@pytest.mark.parametrize("content_type", [*IMAGE_TYPES, "IMAGE/PNG", "image/png; charset=binary", " image/jpeg ;q=1"])
def test_raw_body_of_an_image_type_is_the_image(content_type: str) -> None:
    assert parse({"body": bytearray(IMAGE)}, content_type=content_type, batched=False) == Payload([IMAGE], False)


def test_empty_raw_body_is_left_to_the_decoder() -> None:
    assert parse({"body": bytearray()}, content_type="image/png", batched=False).images == [b""]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "image/bmp", "image/svg+xml", "multipart/form-data", "", "json"]
)
def test_other_content_type_is_415(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="image/png, image/jpeg, image/webp, image/gif"):
        parse({"body": bytearray(IMAGE)}, content_type=content_type, batched=False)


@pytest.mark.parametrize("content_type", IMAGE_TYPES)
def test_v1_path_takes_json_only(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="send one of: application/json"):
        parse({"body": bytearray(b"{}")}, content_type=content_type, batched=True)


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON", "application/json; charset=utf-8"])
def test_json_holds_the_image_in_base64(content_type: str) -> None:
    body = json.dumps({"image": BASE64, "more": 1}).encode()
    assert parse({"body": bytearray(body)}, content_type=content_type, batched=False).images == [IMAGE]


@pytest.mark.parametrize("prefix", ["data:image/png;base64,", "data:image/svg+xml;base64,", "DATA:IMAGE/JPEG;BASE64,"])
def test_json_may_hold_a_data_url(prefix: str) -> None:
    assert single({"image": prefix + BASE64}).images == [IMAGE]
    assert batch({"instances": [{"image": {"b64": prefix + BASE64}}]}) == [IMAGE]


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t"])
def test_wrapped_base64_is_read(end: str) -> None:
    wrapped = end.join(BASE64[start : start + 76] for start in range(0, len(BASE64), 76)) + end
    assert single({"image": wrapped}).images == [IMAGE]


@pytest.mark.parametrize("row", [{"body": {"image": BASE64}}, {"data": {"image": BASE64}}])
def test_row_that_the_server_has_parsed_already_is_read(row: dict[str, Any]) -> None:
    assert parse(row, content_type=JSON, batched=False).images == [IMAGE]


def test_grpc_row_has_no_content_type_and_its_first_byte_decides() -> None:
    body = json.dumps({"image": BASE64}).encode()
    assert parse({"data": bytearray(b" \n" + body)}, content_type=None, batched=False).images == [IMAGE]
    assert parse({"data": bytearray(IMAGE)}, content_type=None, batched=False).images == [IMAGE]
    with pytest.raises(MalformedRequest):
        parse({"data": bytearray(IMAGE)}, content_type=None, batched=True)


BAD_JSON = {
    "empty": b"",
    "cut": b'{"image": "',
    "not UTF-8": b'{"image": "\xff\xfe\xff"}',
    "deep": b"[" * 200_000,
    "deep and closed": b'{"image":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of 5000 digits": b'{"image": ' + b"9" * 5000 + b"}",
    "two documents": b"{} {}",
    "no number": b'{"image": NaN}',
    "half a surrogate pair": b'{"image": "\\ud800abc"}',
    "single quotes": b"{'image': 'QQ=='}",
    "image bytes": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("kind", BAD_JSON)
@pytest.mark.parametrize("batched", [False, True])
def test_bad_json_is_malformed(kind: str, batched: bool) -> None:
    with pytest.raises(MalformedRequest, match="not valid JSON"):
        parse({"body": bytearray(BAD_JSON[kind])}, content_type=JSON, batched=batched)


@pytest.mark.parametrize("document", [None, 1, "text", [], [{"image": BASE64}], True])
@pytest.mark.parametrize("batched", [False, True])
def test_json_that_is_no_object_is_malformed(document: Any, batched: bool) -> None:
    with pytest.raises(MalformedRequest, match="not a JSON object"):
        parse({"body": bytearray(json.dumps(document).encode())}, content_type=JSON, batched=batched)


@pytest.mark.parametrize("row", [{}, {"body": None}, {"file": b"x"}, {"body": 5}, {"body": [1]}])
def test_row_without_a_body_is_malformed(row: dict[str, Any]) -> None:
    with pytest.raises(MalformedRequest):
        parse(row, content_type=JSON, batched=False)


def test_text_body_with_half_a_surrogate_pair_is_malformed() -> None:
    with pytest.raises(MalformedRequest):
        parse({"body": '{"image": \ud800}'}, content_type=JSON, batched=False)


WRONG_IMAGES = [None, 1, 1.5, True, {}, {"b64": None}, {"image": BASE64}]


@pytest.mark.parametrize("value", WRONG_IMAGES, ids=lambda value: str(value)[:12])
def test_image_that_is_no_string_is_malformed(value: Any) -> None:
    with pytest.raises(MalformedRequest, match="no image in base64"):
        single({"image": value})


def test_both_alphabets_of_base64_are_read_with_and_without_padding() -> None:
    image = bytes(range(250, 256)) + b"?>"
    for encoded in (base64.b64encode(image), base64.urlsafe_b64encode(image)):
        assert single({"image": encoded.decode()}).images == [image]
        assert single({"image": encoded.decode().rstrip("=")}).images == [image]
    assert b"_" in base64.urlsafe_b64encode(image)


def test_byte_order_mark_before_json_is_ignored() -> None:
    assert single(b"\xef\xbb\xbf" + json.dumps({"image": BASE64}).encode()).images == [IMAGE]


def test_batch_for_the_path_of_one_image_is_told_where_it_goes() -> None:
    with pytest.raises(MalformedRequest, match="POST /v1/models/digits:predict"):
        single({"instances": [{"image": {"b64": BASE64}}]})


BAD_BASE64 = [
    "====",
    "QQ=",
    "Q",
    "QUI*",
    "ÄÖÜ=",
    "data:,QQ==",
    "data:text/plain;base64,QQ==",
]


@pytest.mark.parametrize("text", BAD_BASE64, ids=ascii)
def test_bad_base64_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest, match="not valid base64"):
        single({"image": text})


WRONG_INSTANCES: list[Any] = [None, 1, "x", [], {}, True, {"0": {"image": {"b64": BASE64}}}]


@pytest.mark.parametrize("value", WRONG_INSTANCES, ids=str)
def test_instances_that_are_no_list_of_images_are_malformed(value: Any) -> None:
    with pytest.raises(MalformedRequest, match="1 to 256"):
        batch({"instances": value})
    with pytest.raises(MalformedRequest, match="1 to 256"):
        batch({})


def test_1_to_256_instances_are_taken_and_257_are_not() -> None:
    instance = {"image": {"b64": BASE64}}
    assert batch({"instances": [instance]}) == [IMAGE]
    assert batch({"instances": [instance] * 256}) == [IMAGE] * 256
    with pytest.raises(MalformedRequest, match="1 to 256"):
        batch({"instances": [instance] * 257})


# fmt: off
WRONG_INSTANCE: list[Any] = [None, 1, "x", [], {}, {"image": None}, {"image": []}, {"image": {}}, {"picture": BASE64},
                  {"image": {"b64": 1}}, {"image": {"b64": None}}, {"image": {"b64": "*"}}, {"data": {"data": BASE64}}]
# fmt: on


@pytest.mark.parametrize("instance", WRONG_INSTANCE, ids=str)
def test_wrong_instance_is_an_error_in_its_own_place(instance: Any) -> None:
    good = {"image": {"b64": BASE64}}
    before, wrong, after = batch({"instances": [good, instance, good]})
    assert (before, type(wrong), after) == (IMAGE, MalformedRequest, IMAGE)


def test_image_over_the_byte_limit_is_too_large_before_it_is_decoded() -> None:
    largest = "A" * (4 * -(-MAX_BYTES // 3) - 2) + "=="
    assert [len(image) for image in single({"image": largest}).images if isinstance(image, bytes)] == [MAX_BYTES]
    with pytest.raises(ImageTooLarge, match=str(MAX_BYTES)):
        single({"image": "*" * (len(largest) + 4)})
    assert isinstance(batch({"instances": [{"image": {"b64": largest + "AAAA"}}]})[0], ImageTooLarge)


def test_base64_of_mostly_white_space_is_refused_before_it_is_read() -> None:
    assert isinstance(batch({"instances": [{"image": {"b64": " " * (3 << 20)}}]})[0], ImageTooLarge)


def test_largest_image_in_wrapped_base64_is_read() -> None:
    assert single({"image": base64.encodebytes(bytes(MAX_BYTES)).decode().replace("\n", "\r\n")}).images == [
        bytes(MAX_BYTES)
    ]


def test_white_space_between_all_characters_costs_little_more_than_reading_the_json() -> None:
    body = json.dumps({"image": "A " * (1 << 20)}).encode()

    def cpu_seconds(work: Callable[[], object]) -> float:
        started = time.thread_time()
        work()
        return time.thread_time() - started

    plain = min(cpu_seconds(lambda: single(json.dumps({"image": "AA" * (1 << 19)}).encode())) for _ in range(5))
    assert min(cpu_seconds(lambda: single(body)) for _ in range(5)) < 4 * plain


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["image", "instances", "b64", "data"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(document=documents, batched=st.booleans())
def test_any_json_is_a_payload_or_a_client_error(document: Any, batched: bool) -> None:
    try:
        payload = parse({"body": bytearray(json.dumps(document).encode())}, content_type=JSON, batched=batched)
    except ClientError:
        return
    assert payload.batched == batched
    assert all(isinstance(image, bytes | ClientError) for image in payload.images)


@settings(deadline=None)
@given(
    body=st.binary(max_size=200) | st.text(max_size=50),
    content_type=st.none() | st.sampled_from([JSON, "image/png"]) | st.text(max_size=30),
    batched=st.booleans(),
)
def test_any_body_of_any_type_is_a_payload_or_a_client_error(
    body: bytes | str, content_type: str | None, batched: bool
) -> None:
    try:
        assert parse({"body": body}, content_type=content_type, batched=batched).images
    except ClientError:
        return


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("image/png", IMAGE), (JSON, json.dumps({"image": BASE64}).encode())],
)
def test_number_is_read_from_the_same_bodies(content_type: str, body: bytes) -> None:
    payload = parse({"body": bytearray(body)}, content_type=content_type, batched=False, number=True)
    assert payload == Payload([NumberImage(IMAGE)], batched=False)


def test_instances_say_what_is_read_of_them() -> None:
    image = {"b64": BASE64}
    instances = [{"image": image, "read": "number"}, {"image": image, "read": "digit"}, {"image": image}]
    assert batch({"instances": instances}) == [NumberImage(IMAGE), IMAGE, IMAGE]


@pytest.mark.parametrize("read", ["word", "", None, 7, ["number"], {}])
def test_instance_that_asks_for_something_else_has_an_error_in_its_place(read: Any) -> None:
    [error, image] = batch({"instances": [{"image": {"b64": BASE64}, "read": read}, {"image": {"b64": BASE64}}]})
    assert isinstance(error, MalformedRequest)
    assert '"read": "number"' in str(error)
    assert image == IMAGE
