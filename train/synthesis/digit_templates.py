"""How people write the digits: in Europe, the Americas, East and South Asia, and with Western digits elsewhere."""

from train.synthesis.templates import Template, arc, line

# Degrees of a slash through a zero: mostly rising, but also level and falling.
ANY_SLASH = (-20.0, 75.0)

ZERO = (
    Template(
        lambda width, start, overlap: [arc(width, 0.5, width, 0.5, start, -360 - overlap)],
        {"width": (0.2, 0.45), "start": (-120, -20), "overlap": (-35, 50)},
        weight=2,
    ),
    Template(  # clockwise
        lambda width, start, overlap: [arc(width, 0.5, width, 0.5, start, 360 + overlap)],
        {"width": (0.2, 0.45), "start": (-160, -60), "overlap": (-35, 40)},
    ),
    Template(  # slashed
        lambda width, start, angle, length, x, y: [
            arc(width, 0.5, width, 0.5, start, -360), line(width + x, 0.5 + y, length, angle),
        ],
        {
            "width": (0.2, 0.42), "start": (-120, -20), "angle": ANY_SLASH, "length": (0.4, 1.25),
            "x": (-0.05, 0.05), "y": (-0.1, 0.1),
        },
        weight=1.6,
    ),
    Template(  # slashed the other way, or upright
        lambda width, start, angle, length: [
            arc(width, 0.5, width, 0.5, start, -360), line(width, 0.5, length, angle)
        ],
        {"width": (0.25, 0.42), "start": (-120, -20), "angle": (75, 150), "length": (0.4, 1.15)},
        weight=0.3,
    ),
    Template(  # slashed without lifting the pen
        lambda width, reach: [
            [*arc(width, 0.5, width, 0.5, -60, -340), (width * 2 + reach, -reach), (width * 2 + reach, -reach),
             (-reach, 1 + reach)]
        ],
        {"width": (0.25, 0.4), "reach": (-0.15, 0.15)},
        weight=0.3,
    ),
    Template(  # dotted
        lambda width, start: [arc(width, 0.5, width, 0.5, start, -360), [(width, 0.5)]],
        {"width": (0.25, 0.42), "start": (-120, -20)},
        weight=0.2,
    ),
)  # fmt: skip

# A flag is `flag` long to the left and drops by `drop`: steeper than the top of a 7.
ONE = (
    Template(
        lambda lean, bow: [[(lean, 0), (lean / 2 + bow, 0.5), (0, 1)]], {"lean": (-0.12, 0.4), "bow": (-0.04, 0.04)}
    ),
    Template(
        lambda flag, steep, lean: [[(-flag, flag * steep), (0, 0), (0, 0), (lean, 1)]],
        {"flag": (0.1, 0.5), "steep": (0.6, 1.7), "lean": (-0.2, 0.08)},
        weight=2,
    ),
    Template(  # with a round shoulder
        lambda flag, drop, lean: [[(-flag, drop), (-flag / 2.5, 0.0), (0.0, 0.16), (lean, 0.6), (lean, 1)]],
        {"flag": (0.18, 0.45), "drop": (0.06, 0.32), "lean": (-0.1, 0.04)},
    ),
    Template(  # with a base
        lambda flag, steep, lean, left, right, slope, lift: [
            [(-flag, flag * steep), (0, 0), (0, 0), (lean, 1)],
            [(lean - left, 1 + slope + lift), (lean + right, 1 - slope + lift)],
        ],
        {
            "flag": (0.05, 0.45), "steep": (0.35, 1.5), "lean": (-0.1, 0.05), "left": (0.1, 0.4), "right": (0.1, 0.4),
            "slope": (-0.05, 0.05), "lift": (-0.06, 0.06),
        },
        weight=1.6,
    ),
    Template(  # with a round shoulder and a base
        lambda flag, drop, lean, left, right, slope: [
            [(-flag, drop), (-flag / 2.5, 0.0), (0.0, 0.16), (lean, 0.6), (lean, 1)],
            [(lean - left, 1 + slope), (lean + right, 1 - slope)],
        ],
        {
            "flag": (0.18, 0.4), "drop": (0.02, 0.25), "lean": (-0.1, 0.04), "left": (0.1, 0.35), "right": (0.1, 0.4),
            "slope": (-0.05, 0.05),
        },
        weight=0.7,
    ),
    Template(  # with a base, and without a flag
        lambda lean, left, right: [[(0, 0), (lean, 1)], [(lean - left, 1), (lean + right, 1)]],
        {"lean": (-0.15, 0.05), "left": (0.12, 0.4), "right": (0.12, 0.4)},
        weight=0.4,
    ),
    Template(  # flag, stem and base in one stroke
        lambda flag, steep, left, right: [
            [(-flag, flag * steep), (0, 0), (0, 0), (0, 1), (0, 1), (-left, 1), (-left, 1), (right, 1)]
        ],
        {"flag": (0.1, 0.4), "steep": (0.5, 1.5), "left": (0.05, 0.3), "right": (0.15, 0.4)},
        weight=0.4,
    ),
)  # fmt: skip

TWO = (
    Template(
        lambda width, start, waist, base: [
            [(0, start), (width / 2, 0), (width, 0.26), (width * waist, 0.62), (0, 1), (0, 1), (width + base, 0.98)]
        ],
        {"width": (0.42, 0.7), "start": (0.08, 0.3), "waist": (0.5, 0.75), "base": (-0.1, 0.2)},
        weight=1.5,
    ),
    Template(  # with a loop at the foot
        lambda width, start, loop, tail: [
            [(0, start), (width / 2, 0), (width, 0.25), (width * 0.6, 0.65), (0.02 + loop, 0.98), (-0.04, 0.88),
             (0.05 + loop, 0.78), (width * 0.6, 0.95), (width + 0.12, 0.92 - tail)]
        ],
        {"width": (0.42, 0.65), "start": (0.08, 0.3), "loop": (0.02, 0.18), "tail": (-0.1, 0.1)},
    ),
    Template(  # like a Z
        lambda width, drop, base: [
            [(0, drop), (width, 0), (width, 0), (0, 1), (0, 1), (width + base, 1)]
        ],
        {"width": (0.45, 0.7), "drop": (-0.02, 0.12), "base": (-0.05, 0.15)},
        weight=0.4,
    ),
    Template(  # with a swan's neck and a wave as its base
        lambda width, start, wave: [
            [(0, start), (width * 0.55, 0), (width, 0.3), (width * 0.45, 0.75), (0, 1 - wave), (0, 1 - wave),
             (width * 0.4, 1 - wave), (width, 1), (width + 0.15, 0.9)]
        ],
        {"width": (0.45, 0.65), "start": (0.12, 0.35), "wave": (0.02, 0.12)},
        weight=0.6,
    ),
)  # fmt: skip

THREE = (
    Template(
        lambda top, bottom, waist, start, end: [
            [(0, start), (top / 2, 0), (top, 0.22), (waist, 0.46), (waist, 0.46), (bottom, 0.72), (bottom / 2, 1),
             (0, end)]
        ],
        {
            "top": (0.4, 0.58), "bottom": (0.42, 0.66), "waist": (0.12, 0.32), "start": (0.05, 0.2),
            "end": (0.78, 0.97),
        },
        weight=1.5,
    ),
    Template(  # round at the waist
        lambda top, bottom, waist, end: [
            [(0.02, 0.12), (top / 2, 0), (top, 0.2), (waist, 0.46), (bottom, 0.74), (bottom / 2, 1), (0, end)]
        ],
        {"top": (0.4, 0.56), "bottom": (0.42, 0.62), "waist": (0.2, 0.34), "end": (0.8, 0.97)},
    ),
    Template(  # flat-topped
        lambda top, neck, drop, bottom, end: [
            [(0, 0), (top, drop), (top, drop), (neck, 0.42), (neck, 0.42), (bottom, 0.6), (bottom * 0.9, 0.88),
             (bottom / 2, 1), (0, end)]
        ],
        {"top": (0.42, 0.6), "neck": (0.14, 0.3), "drop": (-0.05, 0.05), "bottom": (0.5, 0.64), "end": (0.8, 0.95)},
    ),
    Template(  # with a loop at the waist
        lambda top, bottom, loop, end: [
            [(0, 0.12), (top / 2, 0), (top, 0.2), (0.28, 0.46), (0.2 - loop, 0.5), (0.22, 0.56), (0.3, 0.46),
             (bottom, 0.7), (bottom / 2, 1), (0, end)]
        ],
        {"top": (0.42, 0.55), "bottom": (0.48, 0.62), "loop": (0.0, 0.1), "end": (0.8, 0.95)},
        weight=0.6,
    ),
)  # fmt: skip

FOUR = (
    Template(  # open, two strokes
        lambda width, bend, level, stem, top, lean: [
            [(width * 0.15, 0), (0, bend), (0, bend), (width + 0.1, bend + level)], [(stem, top), (stem + lean, 1)]
        ],
        {
            "width": (0.5, 0.75), "bend": (0.48, 0.68), "level": (-0.08, 0.04), "stem": (0.38, 0.62),
            "top": (-0.05, 0.4), "lean": (-0.12, 0.04),
        },
        weight=1.5,
    ),
    Template(  # open, round like a u with a stem
        lambda width, dip, stem: [
            [(0.04, 0), (0.0, 0.35), (width * 0.4, dip), (width, 0.4)], [(stem, 0), (stem - 0.04, 1)]
        ],
        {"width": (0.48, 0.62), "dip": (0.5, 0.64), "stem": (0.46, 0.56)},
        weight=0.7,
    ),
    Template(  # closed, two strokes
        lambda peak, bend, width, stem, lean: [
            [(peak, 0), (0, bend), (0, bend), (width, bend - 0.02)], [(stem, 0.02), (stem + lean, 1)]
        ],
        {"peak": (0.42, 0.55), "bend": (0.55, 0.72), "width": (0.65, 0.85), "stem": (0.48, 0.58), "lean": (-0.1, 0.03)},
    ),
    Template(  # closed, one stroke, from the foot
        lambda width, bend, lean: [
            [(0.5 + lean, 1), (0.52, 0), (0.52, 0), (0, bend), (0, bend), (width, bend)]
        ],
        {"width": (0.65, 0.9), "bend": (0.55, 0.72), "lean": (-0.1, 0.05)},
        weight=0.6,
    ),
    Template(  # one stroke that turns up and down again
        lambda bend, width, lean, gap: [
            [(0.08, 0.05), (0, bend), (0, bend), (width, bend - 0.05), (width + gap, 0.02), (width + gap, 0.02),
             (width + lean, 1)]
        ],
        {"bend": (0.45, 0.62), "width": (0.42, 0.55), "lean": (-0.08, 0.05), "gap": (-0.02, 0.08)},
        weight=0.7,
    ),
    Template(  # with a loop where bar and stem meet
        lambda bend, width: [
            [(0.1, 0), (0, bend), (width * 0.6, bend), (width, bend - 0.3), (width * 0.9, bend - 0.42),
             (width * 0.85, bend), (width * 0.8, 1)]
        ],
        {"bend": (0.5, 0.62), "width": (0.48, 0.62)},
        weight=0.3,
    ),
)  # fmt: skip

FIVE = (
    Template(  # one stroke
        lambda width, neck, belly, end: [
            [(width, 0), (0.12, 0.01), (0.12, 0.01), (0.06, neck), (0.06, neck), (0.34, neck - 0.06), (belly, 0.68),
             (belly / 2, 1), (0, end)]
        ],
        {"width": (0.5, 0.72), "neck": (0.38, 0.5), "belly": (0.5, 0.68), "end": (0.82, 0.97)},
    ),
    Template(  # belly first, then the cap, which may miss it
        lambda width, neck, belly, end, gap, lift, slope: [
            [(0.1, 0.02), (0.06, neck), (0.06, neck), (0.34, neck - 0.06), (belly, 0.68), (belly / 2, 1), (0, end)],
            [(0.1 + gap, lift + slope), (width + gap, lift - slope)],
        ],
        {
            "width": (0.45, 0.7), "neck": (0.36, 0.5), "belly": (0.48, 0.66), "end": (0.82, 0.97),
            "gap": (-0.06, 0.16), "lift": (-0.1, 0.05), "slope": (-0.05, 0.1),
        },
        weight=1.5,
    ),
    Template(  # round as an S
        lambda width, belly, end: [
            [(width, 0.02), (0.3, 0), (0.1, 0.2), (0.3, 0.42), (belly, 0.68), (belly / 2, 1), (0, end)]
        ],
        {"width": (0.48, 0.65), "belly": (0.48, 0.62), "end": (0.85, 0.97)},
        weight=0.5,
    ),
    Template(  # angular, a long flat cap
        lambda width, neck, belly, end: [
            [(width, 0), (0.04, 0), (0.04, 0), (0.02, neck), (0.02, neck), (belly, neck), (belly, neck),
             (belly * 0.95, 0.95), (0, end)]
        ],
        {"width": (0.55, 0.75), "neck": (0.4, 0.5), "belly": (0.5, 0.62), "end": (0.9, 1.0)},
        weight=0.3,
    ),
)  # fmt: skip

SIX = (
    Template(
        lambda top, width, loop, end: [
            [(top, 0), (0.12, 0.35), (0, 0.72), (width / 2, 1), (width, 0.75), (width * 0.55, loop), (0.04, end)]
        ],
        {"top": (0.25, 0.55), "width": (0.42, 0.62), "loop": (0.44, 0.62), "end": (0.58, 0.8)},
        weight=1.5,
    ),
    Template(  # open: the loop does not reach the stem
        lambda top, width, loop, reach: [
            [(top, 0), (0.1, 0.35), (0, 0.75), (width / 2, 1), (width, 0.78), (width * 0.7, loop), (reach, loop + 0.14)]
        ],
        {"top": (0.2, 0.5), "width": (0.42, 0.6), "loop": (0.5, 0.66), "reach": (0.12, 0.3)},
        weight=0.7,
    ),
    Template(  # a straight stem with a small ring
        lambda lean, radius, turn: [
            [(lean, 0), (0.0, 0.75), *arc(radius, 1 - radius, radius, radius, 170, -turn)]
        ],
        {"lean": (0.0, 0.4), "radius": (0.18, 0.28), "turn": (280, 400)},
        weight=0.7,
    ),
    Template(  # a hooked top
        lambda width, loop: [
            [(0.5, 0.12), (0.38, 0), (0.12, 0.28), (0, 0.7), (width / 2, 1), (width, 0.74), (width / 2, loop),
             (0.05, 0.72)]
        ],
        {"width": (0.45, 0.6), "loop": (0.45, 0.58)},
        weight=0.6,
    ),
)  # fmt: skip

# A bar crosses the stem at `bar`, the share of the height; it slopes by `slope` over its half.
SEVEN = (
    Template(
        lambda width, drop, foot, bow: [[(0, drop), (width, 0), (width, 0), (foot + bow, 0.5), (foot, 1)]],
        {"width": (0.42, 0.75), "drop": (-0.05, 0.09), "foot": (0.1, 0.36), "bow": (0.02, 0.16)},
        weight=1.2,
    ),
    Template(  # with a serif
        lambda width, serif, foot, bow: [
            [(0, serif), (0.0, 0.02), (0.0, 0.02), (width, 0), (width, 0), (foot + bow, 0.5), (foot, 1)]
        ],
        {"width": (0.42, 0.7), "serif": (0.08, 0.28), "foot": (0.1, 0.36), "bow": (0.02, 0.16)},
    ),
    Template(  # crossed
        lambda width, drop, foot, bar, half, slope, shift: [
            [(0, drop), (width, 0), (width, 0), (foot, 1)],
            [(width + (foot - width) * bar - half + shift, bar + slope),
             (width + (foot - width) * bar + half + shift, bar - slope)],
        ],
        {
            "width": (0.42, 0.75), "drop": (-0.05, 0.12), "foot": (0.05, 0.4), "bar": (0.28, 0.78),
            "half": (0.12, 0.36), "slope": (-0.1, 0.12), "shift": (-0.1, 0.1),
        },
        weight=2,
    ),
    Template(  # crossed, with a serif
        lambda width, serif, foot, bar, half, slope: [
            [(0, serif), (0.0, 0.0), (0.0, 0.0), (width, 0), (width, 0), (foot, 1)],
            [(width + (foot - width) * bar - half, bar + slope), (width + (foot - width) * bar + half, bar - slope)],
        ],
        {
            "width": (0.45, 0.7), "serif": (0.06, 0.24), "foot": (0.08, 0.36), "bar": (0.32, 0.72),
            "half": (0.14, 0.34), "slope": (-0.08, 0.1),
        },
    ),
    Template(  # round at the top, with a wave
        lambda width, start, foot: [
            [(0, start), (0.12, 0.02), (width * 0.6, 0.08), (width, 0), (width, 0), (width * 0.7, 0.4), (foot, 1)]
        ],
        {"width": (0.48, 0.7), "start": (0.02, 0.16), "foot": (0.1, 0.34)},
        weight=0.7,
    ),
)  # fmt: skip

EIGHT = (
    Template(  # one stroke, from the top right
        lambda top, bottom, waist, close: [
            [(top, 0.14), (top / 2, 0), (0.02, 0.22), (0.28, waist), (bottom, 0.75), (0.28, 1), (0, 0.76),
             (0.28, waist), (top, 0.2), (top - close, 0.08)]
        ],
        {"top": (0.42, 0.56), "bottom": (0.48, 0.64), "waist": (0.42, 0.54), "close": (-0.06, 0.14)},
        weight=1.6,
    ),
    Template(  # open at the top
        lambda top, waist, gap: [
            [(top, 0.1), (0.26, 0.02), (0.04, 0.22), (0.28, waist), (0.54, 0.76), (0.28, 1), (0.02, 0.78),
             (0.26, waist), (top + gap, 0.0)]
        ],
        {"top": (0.38, 0.48), "waist": (0.44, 0.54), "gap": (0.06, 0.2)},
        weight=0.8,
    ),
    Template(  # two rings
        lambda small, large, gap, shift: [
            arc(0.3 + shift, small, small, small, -90, -370),
            arc(0.3, 2 * small + gap + large, large, (1 - 2 * small - gap) / 2, -90, -370),
        ],
        {"small": (0.17, 0.25), "large": (0.22, 0.32), "gap": (-0.03, 0.03), "shift": (-0.05, 0.08)},
    ),
    Template(  # from the middle, as a 3 and back
        lambda top, bottom, waist: [
            [(0.28, waist), (0.04, 0.22), (0.28, 0), (top, 0.2), (0.28, waist), (0.02, 0.76), (0.28, 1),
             (bottom, 0.76), (0.28, waist)]
        ],
        {"top": (0.46, 0.56), "bottom": (0.5, 0.62), "waist": (0.42, 0.52)},
        weight=0.5,
    ),
)  # fmt: skip

# The loop of a 9 ends at its right side, from where the tail goes down.
NINE = (
    Template(  # a straight tail
        lambda width, loop, lean, start: [
            [(width, start), (width / 2, 0), (0, loop / 2), (width * 0.45, loop), (width, start), (width, start),
             (width + lean, 1)]
        ],
        {"width": (0.38, 0.6), "loop": (0.4, 0.58), "lean": (-0.3, 0.04), "start": (0.06, 0.2)},
        weight=1.3,
    ),
    Template(  # a tail that bends left, as of a g
        lambda width, loop, reach, end, start: [
            [(width, start), (width / 2, 0), (0, loop / 2), (width * 0.45, loop), (width, start), (width, start),
             (width, 0.68), (width * 0.7, 0.94), (width * 0.4 - reach / 2, 1), (-reach, end)]
        ],
        {"width": (0.4, 0.6), "loop": (0.38, 0.55), "reach": (-0.25, 0.15), "end": (0.78, 1.0), "start": (0.06, 0.2)},
        weight=1.6,
    ),
    Template(  # a tail that bends right
        lambda width, loop, reach, start: [
            [(width, start), (width / 2, 0), (0, loop / 2), (width * 0.45, loop), (width, start), (width, start),
             (width * 0.96, 0.8), (width + 0.08, 0.98), (width + reach, 0.9)]
        ],
        {"width": (0.38, 0.55), "loop": (0.4, 0.55), "reach": (0.12, 0.32), "start": (0.06, 0.2)},
        weight=0.6,
    ),
    Template(  # ring, then a stem that may miss it
        lambda radius, high, gap, lean, top: [
            arc(radius, high, radius, high, -40, -365), [(2 * radius + gap, top), (2 * radius + gap + lean, 1)]
        ],
        {"radius": (0.18, 0.3), "high": (0.2, 0.28), "gap": (-0.06, 0.05), "lean": (-0.2, 0.04), "top": (0.0, 0.22)},
        weight=0.8,
    ),
    Template(  # clockwise, as a 6 upside down
        lambda width, loop, foot: [
            [(width * 0.95, 0.3), (width / 2, loop), (0, loop * 0.55), (width / 2, 0), (width, loop * 0.6),
             (width * 0.85, 0.7), (foot, 1)]
        ],
        {"width": (0.42, 0.58), "loop": (0.42, 0.54), "foot": (0.0, 0.35)},
        weight=0.6,
    ),
)  # fmt: skip

DIGITS = (ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE)

# Between a 1 with a flag and a 7 nobody can tell: too level for the one, too steep for the other.
ONE_OR_SEVEN = Template(
    lambda flag, steep, lean: [[(-flag, flag * steep), (0, 0), (0, 0), (lean, 1)]],
    {"flag": (0.3, 0.5), "steep": (0.28, 0.5), "lean": (-0.25, -0.05)},
)
