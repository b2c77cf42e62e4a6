"""Pictures of one digit as people take them, made from pen strokes: photographs, scans, lines, frames.

Sizes, places, colors, light, noise and encoding are drawn at random and broadly; the same seed gives the same picture.
"""

from train.synthesis.pictures.kinds import BLANK_KINDS, KINDS, SLOW_KINDS, blank_picture, picture

__all__ = ["BLANK_KINDS", "KINDS", "SLOW_KINDS", "blank_picture", "picture"]
