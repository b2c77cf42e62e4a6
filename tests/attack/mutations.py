"""Requests that were correct until something in them was changed: images, JSON, tensors, headers or any byte."""

import base64
import functools
import gzip
import json
import random
import zlib
from dataclasses import dataclass

from benchmarks.samples import batch_body
from benchmarks.servers import BATCH, SINGLE
from tests import drawings
from tests.attack.changes import changed, with_value
from tests.attack.client import request_bytes
from tests.integration.api import INFER

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "application/octet-stream"}
CONTENT_TYPES = [*FORMATS.values(), "application/json", "application/json; charset=utf-16", "text/plain"]
TENSORS = "tensors"  # the kind whose errors have the form of the Open Inference Protocol
OCTETS, JSON_LENGTH = "application/octet-stream", "Inference_Header_Content_Length"
HEADERS = [
    "Host", "Content-Type", "Content-Encoding", "Accept-Encoding", "Expect", "Range", "If-Match", "If-None-Match",
    "If-Modified-Since", "Cookie", "Authorization", "X-Request-ID", "X-Forwarded-For", "X-Route", "Upgrade", "TE",
    "User-Agent", "Referer", "Origin", "X-HTTP-Method-Override", "Keep-Alive", "Forwarded", "traceparent", "é", "a b",
]  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed request.

    Attributes:
        kind: What was changed.
        data: The bytes to send.
        is_framed: Whether it is still known where the request ends.
    """

    kind: str
    data: bytes
    is_framed: bool


def mutant(seed: int, index: int) -> Mutant:
    """Return one of the requests of a seed: the same one each time."""
    chance = random.Random(f"{seed} {index}")
    kinds = [image_mutant, json_mutant, header_mutant, byte_mutant, tensor_mutant, form_mutant, compressed_mutant]
    return chance.choice(kinds)(chance)


def image_mutant(chance: random.Random) -> Mutant:
    """Change bytes of an image."""
    format_ = chance.choice(list(FORMATS))
    body = changed(chance, image(format_, chance.randrange(2)))
    if chance.random() < 0.3:
        body = json.dumps({"image": base64.b64encode(body).decode()}).encode()
        return Mutant("image in JSON", request_bytes(SINGLE, body, "application/json"), True)
    return Mutant(f"{format_} image", request_bytes(SINGLE, body, content_type(chance, FORMATS[format_])), True)


def json_mutant(chance: random.Random) -> Mutant:
    """Change a value of a JSON body, or its text."""
    is_batch = chance.random() < 0.5
    document = json.loads(batch_body(chance.randint(1, 4)) if is_batch else single_body())
    if chance.random() < 0.7:
        document = with_value(chance, document)
    text = json.dumps(document, ensure_ascii=chance.random() < 0.8).encode(errors="surrogatepass")
    if chance.random() < 0.4:
        text = changed(chance, text)
    return Mutant("JSON", request_bytes(BATCH if is_batch else SINGLE, text, "application/json"), True)


def tensor_mutant(chance: random.Random) -> Mutant:
    """Change a value of an inference request, its binary data, or the length of its JSON."""
    binary = b"".join(len(one).to_bytes(4, "little") + one for one in (drawings.seven(), drawings.one()))
    tensor = {"name": "images", "datatype": "BYTES", "shape": [2], "parameters": {"binary_data_size": len(binary)}}
    document = {"id": "a", "inputs": [tensor], "outputs": [{"name": "digit", "parameters": {"binary_data": True}}]}
    if is_changed := chance.random() < 0.5:
        document = with_value(chance, document)
    head = json.dumps(document).encode()
    length = (
        str(len(head)) if chance.random() < 0.8 else chance.choice(["", "0", "-1", "9" * 30, str(len(head) + 1), "x"])
    )
    body = head + (binary if is_changed else changed(chance, binary))
    return Mutant(TENSORS, request_bytes(INFER, body, OCTETS, **{JSON_LENGTH: length}), True)


def form_mutant(chance: random.Random) -> Mutant:
    """Change bytes of a form."""
    disposition = b'Content-Disposition: form-data; name="image"; filename="seven.png"'
    body = b"--edge\r\n" + disposition + b"\r\n\r\n" + drawings.seven() + b"\r\n--edge--\r\n"
    type_ = chance.choice(["multipart/form-data; boundary=edge", "application/x-www-form-urlencoded"])
    return Mutant("form", request_bytes(SINGLE, changed(chance, body), type_), True)


def compressed_mutant(chance: random.Random) -> Mutant:
    """Change bytes of a compressed body, or name another coding."""
    coding = chance.choice(["gzip", "deflate"])
    plain = chance.choice([drawings.seven(), bytes(4 << 20)])
    body = changed(chance, gzip.compress(plain) if coding == "gzip" else zlib.compress(plain))
    named = coding if chance.random() < 0.8 else chance.choice(["br", "identity", "gzip, gzip", "x-gzip", ""])
    return Mutant("compressed", request_bytes(SINGLE, body, Content_Encoding=named), True)


def header_mutant(chance: random.Random) -> Mutant:
    """Add headers with values of any bytes but the end of a line."""
    head, _, body = request_bytes(SINGLE, drawings.seven()).partition(b"\r\n\r\n")
    for _ in range(chance.randint(1, 4)):
        allowed = [byte for byte in range(1, 256) if byte not in b"\r\n"]
        value = bytes(chance.choices(allowed, k=chance.choice([0, 1, 20, 500, 9000])))
        head += b"\r\n" + chance.choice(HEADERS).encode() + b": " + value
    return Mutant("headers", head + b"\r\n\r\n" + body, True)


def byte_mutant(chance: random.Random) -> Mutant:
    """Change any bytes of a request."""
    whole = [
        request_bytes(SINGLE, drawings.one()),
        request_bytes(BATCH, batch_body(2), "application/json"),
        b"GET / HTTP/1.1\r\nHost: digits\r\nAccept-Encoding: gzip\r\n\r\n",
        b"POST /predictions/digits HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ]
    data = chance.choice(whole)
    length = chance.choice([60, 200, len(data)])  # most of what nginx decides is at the beginning
    return Mutant("bytes", changed(chance, data[:length]) + data[length:], False)


def content_type(chance: random.Random, right: str) -> str:
    """Return the right content type, or now and then another one."""
    return right if chance.random() < 0.8 else chance.choice(CONTENT_TYPES)


@functools.cache
def image(format_: str, which: int) -> bytes:
    """Return a drawing in a format."""
    drawn = drawings.drawing([drawings.SEVEN, drawings.ONE][which], mode="RGB", ink=(0, 0, 90), paper=(255, 255, 230))
    options = {"progressive": True} if format_ == "JPEG" and which else {}
    return drawings.encoded(drawn, format_, **options)


@functools.cache
def single_body() -> bytes:
    """Return a single request as JSON."""
    return json.dumps({"image": base64.b64encode(drawings.seven()).decode()}).encode()
