"""Doodles: faces, houses, stars, arrows, spirals and other shapes."""

from train.synthesis.templates import Template, arc, line

DOODLES = {
    "face": Template(
        lambda eye, y, r, smile, mouth: [
            arc(0.5, 0.5, 0.5, 0.5, -90, -365), arc(0.5 - eye, y, r, r * 1.3, -90, -360),
            arc(0.5 + eye, y, r, r * 1.3, -90, -360),
            [(0.5 - mouth, 0.68), (0.5, 0.68 + smile), (0.5 + mouth, 0.68)],
        ],
        {"eye": (0.14, 0.24), "y": (0.3, 0.42), "r": (0.0, 0.07), "smile": (-0.1, 0.16), "mouth": (0.14, 0.3)}, weight=6
        ,
    ),
    "face, dots for eyes": Template(
        lambda eye, y, smile, nose: [
            arc(0.5, 0.5, 0.5, 0.5, -90, -365), [(0.5 - eye, y)], [(0.5 + eye, y)], [(0.5, 0.48), (0.5, 0.48 + nose)],
            [(0.25, 0.66), (0.5, 0.66 + smile), (0.75, 0.66)],
        ],
        {"eye": (0.14, 0.24), "y": (0.3, 0.42), "smile": (-0.1, 0.18), "nose": (0.0, 0.12)}, weight=4,
    ),
    "house": Template(
        lambda roof, over: [
            [(0, roof), (0, 1), (0, 1), (1, 1), (1, 1), (1, roof), (1, roof), (0, roof)],
            [(-over, roof), (0.5, 0), (0.5, 0), (1 + over, roof)],
        ],
        {"roof": (0.35, 0.55), "over": (0.0, 0.12)}, weight=4,
    ),
    "house with a door": Template(
        lambda roof, door, high, window: [
            [(0, roof), (0, 1), (0, 1), (1, 1), (1, 1), (1, roof)],
            [(0, roof), (0.5, 0), (0.5, 0), (1, roof), (1, roof), (0, roof)],
            [(door, 1), (door, high), (door, high), (door + 0.2, high), (door + 0.2, high), (door + 0.2, 1)],
            [(0.7, 0.6), (0.7 + window, 0.6), (0.7 + window, 0.6), (0.7 + window, 0.6 + window),
             (0.7 + window, 0.6 + window), (0.7, 0.6 + window), (0.7, 0.6 + window), (0.7, 0.6)],
        ],
        {"roof": (0.35, 0.5), "door": (0.15, 0.45), "high": (0.6, 0.75), "window": (0.0, 0.18)}, weight=3,
    ),
    "house in one stroke": Template(
        lambda roof: [[(0, 1), (0, roof), (0, roof), (1, roof), (1, roof), (1, 1), (1, 1), (0, 1), (0, 1), (1, roof),
                       (1, roof), (0.5, 0), (0.5, 0), (0, roof), (0, roof), (1, 1)]], {"roof": (0.3, 0.5)}, weight=2,
    ),
    "star": Template(
        lambda wide: [[(0.2, 1), (0.2, 1), (0.5, 0), (0.5, 0), (0.8, 1), (0.8, 1), (0.5 - wide, 0.38),
        (0.5 - wide, 0.38),
                       (0.5 + wide, 0.38), (0.5 + wide, 0.38), (0.2, 1)]], {"wide": (0.4, 0.55)}, weight=2, turns=True,
    ),
    "outlined star": Template(
        lambda inner: [[p for k in range(11) for p in 2 * arc(0.5, 0.5, 0.5 if k % 2 == 0 else inner,
                                                              0.5 if k % 2 == 0 else inner, -90 + 36 * k, 0)[:1]]],
        {"inner": (0.18, 0.28)}, turns=True,
    ),
    "arrow": Template(
        lambda head, open: [[(0, 0.5), (1, 0.5)], [(1 - head, 0.5 - open), (1, 0.5), (1, 0.5), (1 - head, 0.5 + open)]],
        {"head": (0.15, 0.4), "open": (0.12, 0.3)}, weight=3, turns=True,
    ),
    "double arrow": Template(
        lambda head: [[(0, 0.5), (1, 0.5)], [(1 - head, 0.5 - head), (1, 0.5), (1, 0.5), (1 - head, 0.5 + head)],
                      [(head, 0.5 - head), (0, 0.5), (0, 0.5), (head, 0.5 + head)]],
        {"head": (0.15, 0.3)}, turns=True,
    ),
    "heart": Template(
        lambda dip, w: [[(w, dip), (w * 0.5, 0), (0, 0.3), (w * 0.4, 0.7), (w, 1), (w, 1), (w * 1.6, 0.7), (w * 2, 0.3),
                         (w * 1.5, 0), (w, dip)]], {"dip": (0.14, 0.35), "w": (0.4, 0.6)}, weight=4,
    ),
    "spiral": Template(
        lambda turn, start, inner: [[arc(0.5, 0.5, r, r, start + turn * k / 48, 0)[0]
                                     for k in range(49) for r in [inner + (0.5 - inner) * k / 48]]],
        {"turn": (620, 1500), "start": (0, 360), "inner": (0.0, 0.12)}, weight=4,
    ),
    "spiral, the other way": Template(
        lambda turn, start, inner: [[arc(0.5, 0.5, r, r, start - turn * k / 48, 0)[0]
                                     for k in range(49) for r in [inner + (0.5 - inner) * k / 48]]],
        {"turn": (620, 1500), "start": (0, 360), "inner": (0.0, 0.12)}, weight=4,
    ),
    "sun": Template(
        lambda r, a: [arc(0.5, 0.5, r, r, 0, 360), *([arc(0.5, 0.5, r + 0.06, r + 0.06, a + t, 0)[0],
                                                      arc(0.5, 0.5, 0.5, 0.5, a + t, 0)[0]] for t in range(0, 360, 45))]
                                                      ,
        {"r": (0.18, 0.28), "a": (0, 45)},
    ),
    "flower": Template(
        lambda r: [arc(0.5, 0.35, r, r, 0, 360),
                   *(arc(x, y, r, r, 0, 360) for x, y in arc(0.5, 0.35, 2 * r, 2 * r, 0, 288)),
                   [(0.5, 0.5), (0.48, 1)]], {"r": (0.1, 0.14)},
    ),
    "stick figure": Template(
        lambda arms, legs: [arc(0.5, 0.14, 0.14, 0.14, -90, -360), [(0.5, 0.28), (0.5, 0.65)],
                            [(0.5 - arms, 0.35), (0.5, 0.45), (0.5 + arms, 0.35)],
                            [(0.5 - legs, 1), (0.5, 0.65), (0.5, 0.65), (0.5 + legs, 1)]],
        {"arms": (0.2, 0.35), "legs": (0.12, 0.3)},
    ),
    "tree": Template(lambda w: [[(0, 0.7), (0.4, 0), (0.4, 0), (0.8, 0.7), (0.8, 0.7), (0, 0.7)],
                                [(0.4 - w, 0.7), (0.4 - w, 1), (0.4 - w, 1), (0.4 + w, 1), (0.4 + w, 1),
                                (0.4 + w, 0.7)]],
                     {"w": (0.05, 0.12)}),
    "fish": Template(lambda h: [[(1, 0.5 - h), (0.7, 0.5), (0.3, 0.5 + h), (0, 0.5), (0.3, 0.5 - h), (0.7, 0.5),
                                 (1, 0.5 + h), (1, 0.5 + h), (1, 0.5 - h)], [(0.15, 0.45)]], {"h": (0.18, 0.3)}),
    "cup": Template(lambda r: [[(0, 0), (0.05, 1), (0.05, 1), (0.65, 1), (0.65, 1), (0.7, 0), (0.7, 0), (0, 0)],
                               arc(0.68, 0.45, r, r, -90, 180)], {"r": (0.18, 0.28)}),
    "cloud": Template(lambda h: [[(0.15, 0.7), (0, 0.5), (0.2, 0.35), (0.25, 0.4), (0.3, h), (0.6, 0.1), (0.65, 0.3),
                                  (0.9, 0.3), (1, 0.55), (0.85, 0.7), (0.85, 0.7), (0.15, 0.7)]], {"h": (0.1, 0.25)}),
    "bolt": Template(lambda w: [[(w + 0.1, 0), (0, 0.55), (0, 0.55), (w, 0.5), (w, 0.5), (0.1, 1)]], {"w": (0.4, 0.5)}),
    "square": Template(lambda w, lean: [[(0, 0), (w, lean), (w, lean), (w, 1), (w, 1), (lean, 1), (lean, 1), (0, 0)]],
                       {"w": (0.75, 1.4), "lean": (-0.08, 0.08)}, weight=2),
    "triangle": Template(lambda x: [[(x, 0), (x, 0), (1, 1), (1, 1), (0, 1), (0, 1), (x, 0)]], {"x": (0.3, 0.7)},
                         weight=2, turns=True),
    "diamond": Template(lambda w: [[(w, 0), (w, 0), (2 * w, 0.5), (2 * w, 0.5), (w, 1), (w, 1), (0, 0.5), (0, 0.5),
        (w, 0)]],
                        {"w": (0.35, 0.6)}),
    "window": Template(lambda w: [[(0, 0), (w, 0), (w, 0), (w, 1), (w, 1), (0, 1), (0, 1), (0, 0)],
        [(w / 2, 0), (w / 2, 1)],
                                  [(0, 0.5), (w, 0.5)]], {"w": (0.6, 1.1)}),
    "grid": Template(lambda a: [*([(0, y), (1, y)] for y in (0, a, 2 * a)), *([(x, -0.15),
        (x, 1)] for x in (0.2, 0.5, 0.8))],
                     {"a": (0.3, 0.45)}),
    "crossed circle": Template(
        lambda a: [arc(0.5, 0.5, 0.5, 0.5, 0, 360), line(0.5, 0.5, 1, a), line(0.5, 0.5, 1, a + 90)], {"a": (0, 90)}
    ),
    "target": Template(lambda r: [arc(0.5, 0.5, 0.5, 0.5, 0, 365), arc(0.5, 0.5, r, r, 0, 365)], {"r": (0.15, 0.35)}),
    "zigzag": Template(lambda a, b: [[(0, 1), (0.2, a), (0.2, a), (0.4, 1), (0.4, 1), (0.6, b), (0.6, b), (0.8, 1),
        (0.8, 1),
                                      (1, a)]], {"a": (0, 0.4), "b": (0, 0.4)}, turns=True),
    "waves": Template(lambda h: [[(k * 0.2, h * (k % 2)) for k in range(8)]], {"h": (0.2, 0.6)}, turns=True),
    "loops": Template(lambda r, step: [[(step * t / 360 + r * (1 + q[0]), 0.5 + r * q[1]) for t in range(0, 1300, 40)
                                        for q in arc(0, 0, 1, 1, t, 0)[:1]]], {"r": (0.2, 0.4), "step": (0.15, 0.4)},
                      turns=True),
    "check mark": Template(lambda x, y: [[(0, y), (x, 1), (x, 1), (1, 0)]],
        {"x": (0.2, 0.45), "y": (0.45, 0.75)}, weight=4),
    "checked box": Template(lambda x: [[(0, 0.2), (0.8, 0.2), (0.8, 0.2), (0.8, 1), (0.8, 1), (0, 1), (0, 1), (0, 0.2)],
                                       [(0.2, 0.6), (x, 0.85), (x, 0.85), (1, 0)]], {"x": (0.3, 0.5)}),
    "crossed box": Template(lambda w: [[(0, 0), (w, 0), (w, 0), (w, 1), (w, 1), (0, 1), (0, 1), (0, 0)],
        [(0, 0), (w, 1)],
                                       [(w, 0), (0, 1)]], {"w": (0.7, 1.1)}),
    "note": Template(lambda r: [arc(0.2, 0.85, r, r * 0.75, 0, 365), [(0.2 + r, 0.85), (0.2 + r, 0), (0.2 + r, 0),
                                                                      (0.65, 0.2), (0.6, 0.4)]], {"r": (0.14, 0.2)}),
}  # fmt: skip
