"""The digit recognizer: everything that serving needs, packed into the archive."""

__version__ = "1.3.0"
