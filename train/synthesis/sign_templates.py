"""Signs: punctuation, mathematics and currencies.

Signs that look like a digit are left out: ( ) / | as a 1, and the like.
"""

from train.synthesis.templates import Template, arc, line

PUNCTUATION = {
    "exclamation mark": Template(lambda gap: [[(0, 0), (0, 0.75 - gap)], [(0, 1)]], {"gap": (0.0, 0.2)}),
    "question mark": Template(
        lambda width, foot, gap: [
            [(0, 0.2), (width * 0.5, 0), (width, 0.24), (width * 0.55, 0.5), (width * foot, 0.78 - gap)],
            [(width * foot, 1)],
        ],
        {"width": (0.4, 0.65), "foot": (0.4, 0.6), "gap": (0.0, 0.14)},
        weight=6,
    ),
    "ampersand": Template(
        lambda width, head, tail: [
            [(width + 0.1, 1), (0.16, head), (0.3, 0), (0.46, head * 0.8), (0.1, 0.62), (0, 0.82), (0.22, 1),
             (width, 0.55 + tail)]
        ],
        {"width": (0.6, 0.8), "head": (0.2, 0.32), "tail": (-0.05, 0.15)},
        weight=6,
    ),
    "ampersand, open": Template(
        lambda width, reach: [
            [(width, 0.12), (width / 2, 0), (0.05, 0.2), (width * 0.6, 0.45), (0, 0.72), (width / 2, 1),
            (width, reach)],
            [(width * 0.5, -0.14), (width * 0.5, 1.14)],
        ],
        {"width": (0.45, 0.6), "reach": (0.7, 0.9)},
        weight=2,
    ),
    "quotation marks": Template(lambda gap, lean: [[(0, 0), (lean, 0.4)], [(gap, 0), (gap + lean, 0.4)]],
                                {"gap": (0.2, 0.5), "lean": (-0.15, 0.1)}),
    "guillemets": Template(lambda gap: [[(0.3, 0), (0, 0.3), (0, 0.3), (0.3, 0.6)],
                                        [(gap + 0.3, 0), (gap, 0.3), (gap, 0.3), (gap + 0.3, 0.6)]],
                           {"gap": (0.2, 0.45)}),
    "semicolon": Template(lambda tail: [[(0.1, 0)], [(0.1, 0.7), (0.12, 0.85), (0, 1 + tail)]], {"tail": (-0.05, 0.2)}),
    "ellipsis": Template(lambda gap: [[(0, 0)], [(gap, 0.02)], [(2 * gap, 0)]], {"gap": (0.3, 0.6)}),
    "hash": Template(
        lambda lean, high, low: [[(0.3 + lean, 0), (0.3, 1)], [(0.7 + lean, 0), (0.7, 1)], [(0, high), (1, high)],
                                 [(0, low), (1, low)]],
        {"lean": (-0.05, 0.2), "high": (0.25, 0.4), "low": (0.6, 0.75)},
    ),
    "at": Template(
        lambda size: [[*arc(0.5, 0.5, size, size, 0, -400), (0.55 + size, 0.7), (0.95, 0.6),
                       *arc(0.5, 0.5, 0.5, 0.5, 0, -320)]],
        {"size": (0.15, 0.24)}, weight=2,
    ),
    "braces": Template(lambda tip: [[(0.35, 0), (0.15, 0.1), (0.18, 0.4), (tip, 0.5), (tip, 0.5), (0.18, 0.6),
                                     (0.15, 0.9), (0.35, 1)]], {"tip": (-0.15, 0.02)}),
    "brackets": Template(lambda width: [[(0.2, 0), (0, 0), (0, 0), (0, 1), (0, 1), (0.2, 1)],
                                        [(width, 0), (width + 0.2, 0), (width + 0.2, 0), (width + 0.2, 1),
                                         (width + 0.2, 1), (width, 1)]], {"width": (0.4, 0.8)}),
    "percent": Template(lambda r, lean: [arc(r, r, r, r, -90, -370), arc(0.9 - r, 1 - r, r, r, -90, -370),
                                         [(0.75 + lean, 0), (0.1 - lean, 1)]], {"r": (0.12, 0.22), "lean": (-0.1, 0.1)},
                        weight=2),
    "section": Template(lambda w: [[(w, 0.08), (w / 2, 0), (0, 0.14), (w, 0.4), (w, 0.6), (w / 2, 0.65), (0, 0.45),
                                    (0.05, 0.35), (w, 0.7), (w, 0.9), (w / 2, 1), (0, 0.92)]], {"w": (0.35, 0.5)}),
}  # fmt: skip

MATHEMATICS = {
    "plus": Template(lambda x, y: [[(x, 0), (x, 1)], [(0, y), (1, y)]], {"x": (0.4, 0.6), "y": (0.4, 0.6)}, weight=2),
    "cross": Template(lambda w: [[(0, 0), (w, 1)], [(w, 0), (0, 1)]], {"w": (0.6, 1.1)}, weight=2),
    "equals": Template(lambda gap: [[(0, 0.5 - gap), (1, 0.5 - gap)], [(0, 0.5 + gap), (1, 0.5 + gap)]],
                       {"gap": (0.1, 0.25)}),
    "not equal": Template(lambda gap: [[(0, 0.5 - gap), (1, 0.5 - gap)], [(0, 0.5 + gap), (1, 0.5 + gap)],
                                       [(0.75, 0), (0.25, 1)]], {"gap": (0.1, 0.2)}),
    "dash": Template(lambda rise: [[(0, 0.5 + rise), (1, 0.5 - rise)]], {"rise": (-0.2, 0.2)}, weight=2),
    "divided by": Template(lambda gap: [[(0, 0.5), (1, 0.5)], [(0.5, 0.5 - gap)], [(0.5, 0.5 + gap)]],
                           {"gap": (0.2, 0.4)}),
    "plus or minus": Template(lambda y: [[(0.5, 0), (0.5, 0.8)], [(0.1, y), (0.9, y)], [(0.1, 1), (0.9, 1)]],
                              {"y": (0.35, 0.5)}),
    "approximately": Template(lambda h: [[(0, h), (0.25, 0), (0.5, h), (0.75, 2 * h), (1, h)],
                                         [(0, h + 0.35), (0.25, 0.35), (0.5, h + 0.35), (0.75, 2 * h + 0.35),
                                          (1, h + 0.35)]], {"h": (0.08, 0.18)}),
    "tilde": Template(lambda h: [[(0, h), (0.25, 0), (0.5, h), (0.75, 2 * h), (1, h)]], {"h": (0.08, 0.22)}),
    "caret": Template(lambda w: [[(0, 0.6), (w, 0), (w, 0), (2 * w, 0.6)]], {"w": (0.25, 0.5)}),
    "less or greater": Template(lambda w: [[(w, 0), (0, 0.5), (0, 0.5), (w, 1)]], {"w": (0.6, 1.2)}),
    "root": Template(lambda w: [[(0, 0.6), (0.12, 0.5), (0.12, 0.5), (0.3, 1), (0.3, 1), (0.5, 0), (0.5, 0), (w, 0)]],
                     {"w": (0.9, 1.4)}),
    "sum": Template(lambda w: [[(w, 0.1), (w, 0), (w, 0), (0, 0), (0, 0), (w * 0.6, 0.5), (w * 0.6, 0.5), (0, 1),
        (0, 1),
                                (w, 1), (w, 1), (w, 0.9)]], {"w": (0.6, 0.85)}),
    "infinity": Template(lambda h: [[(0.5, 0.5), (0.25, 0.5 - h), (0, 0.5), (0.25, 0.5 + h), (0.5, 0.5),
        (0.75, 0.5 - h),
                                     (1, 0.5), (0.75, 0.5 + h), (0.5, 0.5)]], {"h": (0.15, 0.28)}),
    "for all": Template(lambda w: [[(0, 0), (w / 2, 1), (w / 2, 1), (w, 0)], [(w * 0.2, 0.4), (w * 0.8, 0.4)]],
                        {"w": (0.7, 1.0)}),
    "there is": Template(lambda w: [[(0, 0), (w, 0), (w, 0), (w, 1), (w, 1), (0, 1)], [(0.1, 0.5), (w, 0.5)]],
                         {"w": (0.5, 0.75)}),
    "asterisk": Template(lambda a: [line(0.5, 0.5, 1, a), line(0.5, 0.5, 1, a + 60), line(0.5, 0.5, 1, a + 120)],
                         {"a": (0, 60)}),
}  # fmt: skip

CURRENCIES = {
    "dollar": Template(
        lambda w, over: [[(w, 0.2), (w / 2, 0.08), (0, 0.28), (w / 2, 0.5), (w, 0.72), (w / 2, 0.92), (0, 0.8)],
                         [(w / 2, -over), (w / 2, 1 + over)]],
        {"w": (0.45, 0.65), "over": (0.0, 0.15)}, weight=2,
    ),
    "euro": Template(lambda w, y: [[(w, 0.12), (w * 0.6, 0), (0.1, 0.5), (w * 0.6, 1), (w, 0.88)],
        [(-0.08, y), (w * 0.7, y)],
                                   [(-0.08, y + 0.18), (w * 0.65, y + 0.18)]], {"w": (0.6, 0.8), "y": (0.36, 0.45)},
                     weight=2),
    "pound": Template(lambda w: [[(w, 0.15), (w * 0.65, 0), (w * 0.35, 0.25), (w * 0.4, 0.7), (0, 1), (0, 1),
        (w, 0.95)],
                                 [(0.05, 0.52), (w * 0.8, 0.52)]], {"w": (0.5, 0.7)}),
    "yen": Template(lambda w: [[(0, 0), (w / 2, 0.45)], [(w, 0), (w / 2, 0.45), (w / 2, 0.45), (w / 2, 1)],
                               [(0.1, 0.55), (w - 0.1, 0.55)], [(0.1, 0.74), (w - 0.1, 0.74)]], {"w": (0.6, 0.8)}),
    "rupee": Template(lambda w: [[(0, 0), (w, 0)], [(0, 0.22), (w, 0.22)],
                                 [(0, 0), (w * 0.7, 0.1), (w * 0.5, 0.45), (0, 0.48), (0, 0.48), (w * 0.8, 1)]],
                      {"w": (0.55, 0.75)}),
    "cent": Template(lambda w: [[(w, 0.3), (w / 2, 0.2), (0, 0.5), (w / 2, 0.8), (w, 0.72)],
        [(w * 0.6, 0), (w * 0.45, 1)]],
                     {"w": (0.45, 0.6)}),
}  # fmt: skip

SIGNS = PUNCTUATION | MATHEMATICS | CURRENCIES
