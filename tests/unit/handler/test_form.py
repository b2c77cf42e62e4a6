import time

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import ClientError, MalformedRequest
from handler.form import MAX_PARTS, file_of
from handler.payload import Payload, parse
from handler.preprocessing import NumberImage

FILE = b"\x89PNG\r\n\x1a\n\r\n--\r\n" + bytes(range(256))


def encoded(**files: object) -> bytes:
    """Return a form as `requests` encodes it."""
    body = requests.Request("POST", "http://x", files=files).prepare().body
    assert isinstance(body, bytes)
    return body


def part(disposition: bytes, content: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"


def test_only_file_is_read_whatever_its_field_and_the_other_fields_are() -> None:
    assert file_of(encoded(image=("seven.png", FILE, "image/png"))) == FILE
    assert file_of(encoded(note=(None, "a 7"), data=("seven.png", FILE))) == FILE
    assert file_of(part(b'filename="a;b.png"; name=x', FILE) + b"--x--\r\n") == FILE
    assert file_of(part(b"name=\"f\"; filename*=UTF-8''a", FILE) + b"--x--") == FILE


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"--", "start with a boundary"),
        (b"--" + b"a" * 71 + b"\r\n", "start with a boundary"),
        (part(b"name=a; filename=b", FILE), "does not end"),
        (part(b"name=a", b"x") * MAX_PARTS + part(b"name=a; filename=b", FILE) + b"--x--", "does not end"),
        (part(b"name=image", b"QQ==") + b"--x--", "0 files"),
        (part(b'name=image; filename=""', b"") + b"--x--", "1 files, or an empty one"),
        (part(b"name=a; filename=b", FILE) * 2 + b"--x--", "2 files"),
    ],
)
def test_form_without_exactly_one_file_is_told_what_would_be_right(body: bytes, message: str) -> None:
    with pytest.raises(MalformedRequest, match=message) as error:
        file_of(body)
    assert "curl -F image=@FILE" in str(error.value)


def test_request_without_a_type_may_be_a_form() -> None:
    body = encoded(image=("seven.png", FILE))
    assert parse({"body": body}, content_type=None, batched=False) == Payload([FILE], False)
    assert parse({"body": body}, content_type=None, batched=False, number=True) == Payload([NumberImage(FILE)], False)
    with pytest.raises(MalformedRequest, match="not valid JSON"):
        parse({"body": body}, content_type=None, batched=True)


@pytest.mark.parametrize("filler", [b"\r\n--x", b"content-disposition:;", b"; ", b"\n"])
def test_form_of_any_content_costs_little(filler: bytes) -> None:
    body = b"--x\r\n" + filler * ((1400 << 10) // len(filler))
    started = time.thread_time()
    with pytest.raises(MalformedRequest):
        file_of(body + b"\r\n--x--")
    assert time.thread_time() - started < 0.1


@pytest.mark.parametrize("filler", [b" ", b"\t", b"a ", b" a"])
def test_first_line_of_any_length_costs_little(filler: bytes) -> None:
    body = b"--" + filler * ((1400 << 10) // len(filler))
    started = time.thread_time()
    with pytest.raises(MalformedRequest, match="start with a boundary"):
        file_of(body)
    assert time.thread_time() - started < 0.05


@pytest.mark.parametrize("boundary", [b"x", b"a b", b"a" * 70])
def test_boundary_may_have_blanks_in_it_and_behind_it(boundary: bytes) -> None:
    form = b"--" + boundary + b" \t \r\nContent-Disposition: form-data; filename=a\r\n\r\n" + FILE
    assert file_of(form + b"\r\n--" + boundary + b"--") == FILE


@given(rest=st.lists(st.sampled_from([b"--", b"x", b"\r\n", b"content-disposition:", b"; filename=", b"ab"])))
def test_any_form_is_a_file_or_a_client_error(rest: list[bytes]) -> None:
    try:
        assert file_of(b"--x\r\n" + b"".join(rest))
    except ClientError:
        return
