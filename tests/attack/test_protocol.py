"""HTTP as it should not be: each request gets an answer of the contract, beside correct traffic."""

import asyncio
import itertools

from benchmarks.samples import drawings
from benchmarks.servers import BATCH, SINGLE
from tests.attack.answers import assert_contract, broken
from tests.attack.client import Answer, Connection, addresses, paced, request_bytes
from tests.attack.harm import unharmed
from tests.attack.scale import scaled
from tools.stack import Stack

DIGIT, IMAGE = drawings()[0]
DRAWING = request_bytes(SINGLE, IMAGE)
HEAD = DRAWING.partition(b"\r\n\r\n")[0].replace(b"Content-Length: %d" % len(IMAGE), b"@")
TURNS = scaled(50, 1)
EACH_PER_S = 40.0
TURNS_A_PIPELINE = 50


def with_length(header: bytes, body: bytes = IMAGE) -> bytes:
    """Return a request with something in place of its Content-Length."""
    return HEAD.replace(b"@", header) + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a request with a chunked body."""
    return with_length(b"Transfer-Encoding: chunked", b"".join(chunks) + end)


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """Return a chunk."""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def get(*headers: bytes, target: bytes = b"/") -> bytes:
    """Return a GET."""
    return b"\r\n".join([b"GET %s HTTP/1.1" % target, b"Host: digits", *headers, b"", b""])


FORM = "multipart/form-data; boundary=a"
LENGTH = b"Content-Length: %d" % len(IMAGE)
SMALL_CHUNKS = [chunk(IMAGE[index : index + 1]) for index in range(len(IMAGE))]
# What is sent, and the statuses that it may get.
REQUESTS: dict[str, tuple[bytes, set[int]]] = {
    "a drawing": (DRAWING, {200}),
    "a hundred large headers": (get(*(b"X-%d: " % index + b"a" * 1000 for index in range(100))), {400, 431}),
    "ten thousand headers": (get(*(b"X-%d: a" % index for index in range(10_000))), {400, 431}),
    "a header of 60 KB": (get(b"X: " + b"a" * 60_000), {400, 431}),
    "a header without a colon": (get(b"X" * 50), {200, 400}),
    "a header with a null": (get(b"X: a\0b"), {400}),
    "a URI of 60 KB": (get(target=b"/" + b"a" * 60_000), {414}),
    "chunks of one byte": (chunked(*SMALL_CHUNKS), {200}),
    "a chunk with an extension of 100 KB": (chunked(chunk(IMAGE, b";x=" + b"a" * 100_000)), {200, 400}),
    "a trailer of 100 KB": (chunked(chunk(IMAGE), end=b"0\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"), {200, 400}),
    "a chunk size that is no number": (chunked(b"zz\r\nhello\r\n"), {400}),
    "a chunk size beyond 64 bits": (chunked(b"f" * 20 + b"\r\nhello\r\n"), {400, 413}),
    "a chunk larger than announced": (chunked(b"2\r\nhello\r\n"), {400}),
    "two equal lengths": (with_length(LENGTH + b"\r\n" + LENGTH), {400}),
    "two different lengths": (with_length(LENGTH + b"\r\nContent-Length: 3"), {400}),
    "a negative length": (with_length(b"Content-Length: -1"), {400}),
    "a hexadecimal length": (with_length(b"Content-Length: 0x10"), {400}),
    "a length beyond 64 bits": (with_length(b"Content-Length: " + b"9" * 30), {400, 413}),
    "a length of a terabyte": (with_length(b"Content-Length: %d" % (1 << 40)), {413}),
    "no length": (with_length(b"X: y", b""), {400, 411}),
    "a length and chunks": (with_length(LENGTH + b"\r\nTransfer-Encoding: chunked"), {400}),
    "chunks and a length": (with_length(b"Transfer-Encoding: chunked\r\n" + LENGTH), {400}),
    "chunked twice": (with_length(b"Transfer-Encoding: chunked, chunked"), {400, 501}),
    "an unknown coding": (with_length(b"Transfer-Encoding: gzip"), {501}),
    "a space before a colon": (with_length(b"Transfer-Encoding : chunked"), {400}),
    "an absolute URI": (DRAWING.replace(b"POST /", b"POST http://elsewhere/", 1), {200}),
    "an absolute URI without a path": (get(target=b"http://elsewhere"), {200, 400}),
    "an absolute URI with a broken host": (get(target=b"http://[::1"), {400}),
    "an authority": (b"CONNECT digits:443 HTTP/1.1\r\nHost: digits\r\n\r\n", {400, 405}),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\nHost: digits\r\n\r\n", {400, 404, 405}),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "two hosts": (get(b"Host: elsewhere"), {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\nHost: digits\r\n\r\n", {400, 505}),
    "a TLS handshake": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n", {400}),
    "a range behind the end": (get(b"Range: bytes=99999999-"), {200, 416}),
    "ten thousand ranges": (get(b"Range: bytes=" + b",".join([b"0-1"] * 2000)), {200, 206, 416}),
    "a precondition that fails": (get(b'If-Match: "x"'), {200, 412}),
    "an unknown icon": (get(target=b"/favicon.png"), {404}),
    "an unknown style": (get(target=b"/x.css"), {404}),
    "an agent that is no UTF-8": (get(b"User-Agent: \xff\xfe\x80", target=b"/\xff"), {404}),
    "an agent of 15 KB": (get(b"User-Agent: " + b"\xe2\x82\xac" * 5000), {200, 431}),
    "an upgrade": (get(b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: AAMAAABk"), {200}),
    "a form whose first line has no end": (request_bytes(SINGLE, b"--" + b" " * 1_400_000, FORM), {400}),
    "a batch that is no JSON": (request_bytes(BATCH, b"\xff" * 1000, "application/json"), {400}),
}


def test_invalid_http_gets_answers_of_the_contract_and_harms_nobody(service: Stack) -> None:
    found: list[tuple[str, Answer | Exception]] = []
    work = list(itertools.chain.from_iterable([REQUESTS.items()] * TURNS))
    source = addresses(4)

    async def send(index: int) -> None:
        name, (data, _) = work[index]
        connection = await Connection.open(service, next(source))
        try:
            sending = asyncio.ensure_future(connection.send(data))
            found.append((name, await connection.answer(10)))
            await asyncio.gather(sending, return_exceptions=True)
        except (OSError, TimeoutError) as error:
            found.append((name, error))
        finally:
            connection.abort()

    with unharmed(service):
        asyncio.run(paced(len(work), EACH_PER_S, send))
    assert len(found) == len(work)
    wrong = {
        name: answer
        for name, answer in found
        if isinstance(answer, Exception) or answer.status not in REQUESTS[name][1] or broken(answer)
    }
    assert wrong == {}


def test_lines_without_a_version_get_the_page_or_an_error(service: Stack) -> None:
    """HTTP/0.9: the answer is a body alone."""

    async def ask(line: bytes) -> bytes:
        connection = await Connection.open(service)
        await connection.send(line)
        data = await connection.rest(10)
        connection.close()
        return data

    assert b"<canvas" in asyncio.run(ask(b"GET /\r\n"))
    assert b'"code":4' in asyncio.run(ask(b"GET /predictions/digits\r\n"))
    assert b'"code":400' in asyncio.run(ask(b"POST /predictions/digits\r\n"))


def test_pipelined_requests_are_answered_in_order(service: Stack) -> None:
    answers: list[Answer] = []

    async def pipeline(_: int) -> None:
        connection = await Connection.open(service)
        sending = asyncio.ensure_future(connection.send((DRAWING + get() + get(target=b"/none")) * TURNS_A_PIPELINE))
        answers.extend([await connection.answer() for _ in range(3 * TURNS_A_PIPELINE)])
        await sending
        connection.close()

    with unharmed(service):
        asyncio.run(paced(scaled(20, 2), 2.0, pipeline))
    assert [answer.status for answer in answers] == [200, 200, 404] * (scaled(20, 2) * TURNS_A_PIPELINE)
    for recognition, page, error in zip(answers[::3], answers[1::3], answers[2::3], strict=True):
        assert recognition.json()["digit"] == DIGIT
        assert b"<canvas" in page.body
        assert_contract(error)
