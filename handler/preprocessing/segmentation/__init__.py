"""Ink → the parts of it that may be digits: lines, frames, circles and specks are told from them by their shape."""
