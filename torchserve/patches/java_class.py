"""A patch to one class of TorchServe's jar: a few bytes of code at a known place."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class JavaPatch:
    """Replaces bytes in a compiled class without changing its length.

    Attributes:
        path: The class file in the jar.
        sha256: The digest of the class that the patch is for.
        offset: Where the replaced bytes begin.
        old: The bytes that are replaced.
        new: The bytes that replace them, as many.
        without: What TorchServe does without the patch, for a warning.
        since_java: The first version of Java that needs the patch; None if all do.
    """

    path: str
    sha256: str
    offset: int
    old: bytes
    new: bytes
    without: str
    since_java: int | None = None

    def apply(self, original: bytes) -> bytes | None:
        """Return the patched class; None if the class is not the one that the patch is for."""
        if hashlib.sha256(original).hexdigest() != self.sha256:
            return None
        end = self.offset + len(self.old)
        assert original[self.offset : end] == self.old
        assert len(self.old) == len(self.new)
        return original[: self.offset] + self.new + original[end:]
