"""The errors of the public contract, each with its HTTP status."""

from typing import Self

NOTHING_DRAWN = "Nothing is drawn on the image; draw one digit that stands out from its background."


class ApiError(Exception):
    """An error in the shape of the public contract; its message says what is wrong and what would be right."""

    code = 500

    def as_result(self) -> Self:
        """Return the error without its traceback and cause, to keep it as the result of an image or a row.

        Their frames refer to the results, and to all images of the batch: this cycle would keep them in memory until
        the next garbage collection.
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)

    def to_dict(self) -> dict[str, int | str]:
        """Return the error as JSON has it: `code` (the HTTP status), `type` and `message`."""
        return {"code": self.code, "type": type(self).__name__, "message": str(self)}


class ClientError(ApiError):
    """A request, or one of its images, that cannot be served as it is."""

    code = 400


class MalformedRequest(ClientError):
    """The JSON or base64 of the request cannot be read, or a field is missing."""


class InvalidImage(ClientError):
    """The bytes are not an image of a served format, or are damaged."""


class NotFound(ClientError):
    """There is no such version of the model."""

    code = 404


class ImageTooLarge(ClientError):
    """The image has more bytes or pixels than the limit."""

    code = 413


class PayloadTooLarge(ClientError):
    """The body has more bytes than the limit when it is decompressed."""

    code = 413


class UnsupportedMediaType(ClientError):
    """The Content-Type is not one of those in the contract."""

    code = 415


class BlankImage(ClientError):
    """Nothing is drawn on the image."""

    code = 422

    def __init__(self, message: str = NOTHING_DRAWN) -> None:
        super().__init__(message)


class TooManyDigits(ClientError):
    """The image has more digits than one answer may have."""

    code = 422


class NotSmall(ApiError):
    """A small request whose image takes longer than a drawing. nginx sends it to other workers; no client sees it."""

    code = 421


class InternalServerError(ApiError):
    """A fault of the service in one request; other requests are served."""


class ServiceUnavailable(ApiError):
    """The service is too busy for the request, which may be sent again."""

    code = 503


def too_many(things: str) -> ServiceUnavailable:
    """Return the error for what could not be read in time."""
    return ServiceUnavailable(f"Too many {things} are being read just now; try again, or send fewer or smaller ones.")
