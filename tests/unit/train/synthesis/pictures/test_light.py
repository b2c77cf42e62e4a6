import numpy as np

from train.synthesis.pictures.light import falloff, reflect, shadow

SHAPE = (80, 120)


def test_light_falls_off_by_at_most_what_is_asked_for() -> None:
    for seed in range(30):
        light = falloff(SHAPE, np.random.default_rng(seed), most=0.2)
        assert 0.6 < light.min() <= light.max() <= 1.08
        assert np.abs(np.diff(light, axis=1)).max() < 0.01  # smooth


def test_shadow_takes_30_to_60_percent_of_the_light() -> None:
    depths = [1 - shadow(SHAPE, np.random.default_rng(seed)).min() for seed in range(200)]
    assert max(depths) <= 0.6
    assert np.quantile(depths, 0.1) > 0.25
    assert np.ptp(depths) > 0.2


def test_shadow_covers_a_part_of_nearly_every_picture() -> None:
    shares = []
    for seed in range(100):
        light = shadow(SHAPE, np.random.default_rng(seed))
        shares.append((light < (light.min() + 1) / 2).mean())
    assert np.mean([0.03 < share < 0.97 for share in shares]) > 0.9


def test_some_shadows_have_soft_edges_and_some_hard_ones() -> None:
    steepest = [np.abs(np.gradient(shadow(SHAPE, np.random.default_rng(seed)), axis=1)).max() for seed in range(100)]
    assert min(steepest) < 0.02
    assert max(steepest) > 0.15


def test_reflection_brightens_one_place() -> None:
    surface = np.full((*SHAPE, 3), 0.5, np.float32)
    reflect(surface, np.random.default_rng(0))
    assert surface.min() >= 0.5
    assert surface.max() > 0.55
