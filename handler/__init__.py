"""The digit recogniser that the archive carries: everything that serving needs."""

__version__ = "1.0.0"
