"""The errors that are answered, each with the HTTP status that it is answered with.

ApiError
├── ClientError                what the client can mend
│   ├── MalformedRequest      400  the JSON or the base64 cannot be read
│   ├── InvalidImage          400  the bytes are not an image that we decode
│   ├── ImageTooLarge         413  more bytes or pixels than the limit
│   ├── UnsupportedMediaType  415  a Content-Type that is not served
│   └── BlankImage            422  an image with nothing drawn on it
├── InternalServerError       500  a fault of ours that one request met
└── ServiceUnavailable        503  no time for it now
"""


class ApiError(Exception):
    """An error in the public contract's shape.

    Args:
        message: What is wrong and what would be right, for the client to read.
    """

    code = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def to_dict(self) -> dict[str, int | str]:
        """Return the error as the public contract spells it: `code`, `type`, `message`."""
        return {"code": self.code, "type": type(self).__name__, "message": self.message}


class ClientError(ApiError):
    """A request, or one image of it, that cannot be served as it is."""

    code = 400


class MalformedRequest(ClientError):
    """The request's JSON or base64 cannot be read, or lacks a field."""


class InvalidImage(ClientError):
    """The bytes are not an image of a served format, or are damaged."""


class ImageTooLarge(ClientError):
    """The image has more bytes or pixels than the limit."""

    code = 413


class UnsupportedMediaType(ClientError):
    """The Content-Type is not one of the contract's."""

    code = 415


class BlankImage(ClientError):
    """Nothing is drawn on the image."""

    code = 422


class InternalServerError(ApiError):
    """The request met a fault of the service; others are served."""


class ServiceUnavailable(ApiError):
    """There is no time for the request now; it may be sent again."""

    code = 503
