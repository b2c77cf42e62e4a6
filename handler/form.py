"""A form with a file (multipart/form-data) → the file, as `curl -F` and HTML forms send it."""

import re

from handler.errors import MalformedRequest

MAX_PARTS = 16
START = b"--"  # no image starts with it, and no JSON
EXPECTED = "send the image as the only file of the form, as curl -F image=@FILE does, or as the body itself"

# It does not end with a blank, and what follows it is tried once, however long it is.
_BOUNDARY = re.compile(rb"--([ -~]{0,69}[!-~])[ \t]*+\r\n")
_FILE = re.compile(rb"^content-disposition:[^\r\n]*;\s*filename\*?=", re.IGNORECASE | re.MULTILINE)


def file_of(body: bytes) -> bytes:
    """Return the only file of a form; its other fields are ignored.

    Args:
        body: It starts with the form's boundary, so that the Content-Type need not say it.

    Raises:
        MalformedRequest: The form is damaged, or has no file or several.
    """
    start = _BOUNDARY.match(body)
    if start is None:
        raise MalformedRequest(f"The form does not start with a boundary; {EXPECTED}.")
    parts = body[start.end() - 2 :].split(b"\r\n" + START + start[1], MAX_PARTS)
    if len(parts) < 2 or not parts[-1].startswith(START):
        raise MalformedRequest(
            f"The form does not end with its boundary, or has {MAX_PARTS} fields or more; {EXPECTED}."
        )
    files = []
    for part in parts[:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        if _FILE.search(head):
            files.append(content)
    if len(files) != 1 or not files[0]:
        raise MalformedRequest(f"The form has {len(files)} files, or an empty one; {EXPECTED}.")
    return files[0]
