import pytest

from handler.errors import (
    ApiError,
    BlankImage,
    ClientError,
    ImageTooLarge,
    InternalServerError,
    InvalidImage,
    MalformedRequest,
    UnsupportedMediaType,
)

STATUSES = {
    MalformedRequest: 400,
    InvalidImage: 400,
    ImageTooLarge: 413,
    UnsupportedMediaType: 415,
    BlankImage: 422,
    InternalServerError: 500,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_error_is_spelled_as_the_contract_has_it(kind: type[ApiError], status: int) -> None:
    assert kind("What is wrong.").to_dict() == {"code": status, "type": kind.__name__, "message": "What is wrong."}


def test_only_our_own_fault_is_no_client_error() -> None:
    assert [kind for kind in STATUSES if not issubclass(kind, ClientError)] == [InternalServerError]
