import gzip
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.content_coding import decompress
from handler.errors import ClientError, MalformedRequest, PayloadTooLarge, UnsupportedMediaType

BODY = bytes(range(256)) * 4
LIMIT = 8 << 20


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "compressed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("identity", BODY),
    ],
    ids=["gzip", "GZip", "x-gzip", "deflate", "deflate without a header", "identity"],
)
def test_body_is_decompressed(coding: str, compressed: bytes) -> None:
    assert decompress(compressed, coding, LIMIT) == BODY


def test_body_of_exactly_the_limit_is_decompressed_and_one_byte_more_is_refused() -> None:
    for compress, coding in ((gzip.compress, "gzip"), (zlib.compress, "deflate"), (raw_deflate, "deflate")):
        assert len(decompress(compress(bytes(1000)), coding, 1000)) == 1000
        with pytest.raises(PayloadTooLarge, match="1000 bytes"):
            decompress(compress(bytes(1001)), coding, 1000)


def test_bomb_costs_no_more_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200 << 20), 9)
    started = time.thread_time()
    with pytest.raises(PayloadTooLarge):
        decompress(bomb, "gzip", LIMIT)
    assert time.thread_time() - started < 0.2


@pytest.mark.parametrize(
    "body",
    [b"", BODY, gzip.compress(BODY)[:-4], gzip.compress(BODY) + b"x", gzip.compress(BODY) * 2],
    ids=["empty", "not compressed", "truncated", "longer", "two streams"],
)
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_body_that_is_not_one_whole_stream_is_malformed(coding: str, body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="not complete"):
        decompress(body, coding, LIMIT)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "x"])
def test_other_coding_is_415(coding: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="gzip, deflate"):
        decompress(BODY, coding, LIMIT)


@given(body=st.binary(max_size=100), coding=st.sampled_from(["gzip", "deflate"]))
def test_any_body_is_decompressed_or_a_client_error(body: bytes, coding: str) -> None:
    try:
        assert len(decompress(body, coding, 50)) <= 50
    except ClientError:
        return
