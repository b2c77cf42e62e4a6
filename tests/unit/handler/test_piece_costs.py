import pytest

from handler.piece_costs import digit_cost, network_cost, omission_cost
from handler.preprocessing.segmentation.number import Piece
from handler.recognizer import Recognition


def piece(
    height: float = 1.0, width: float = 0.6, gaps: tuple[int, float] = (0, 0.0), cuts: tuple[int, float] = (0, 0.0)
) -> Piece:
    return Piece((1, 0), (2, 0), True, height, width, gaps, cuts)


def recognition(confidence: float = 0.99, ood_score: float = 0.01) -> Recognition:
    return Recognition(
        digit=7,
        confidence=confidence,
        probabilities=[0.0] * 10,
        verdict="digit",
        ood_score=ood_score,
        input="",
        box={},
        model={},
    )


def cost(read: Piece, said: Recognition | None = None) -> float:
    return digit_cost(read, read.width, read.height, said or recognition())


def test_sure_network_makes_a_piece_cheaper() -> None:
    assert network_cost(recognition(0.99)) < network_cost(recognition(0.6)) < network_cost(recognition(0.3))
    assert network_cost(recognition(ood_score=0.1)) < network_cost(recognition(ood_score=0.9))


def test_even_odds_cost_nothing() -> None:
    assert network_cost(recognition(0.5, 0.5)) == pytest.approx(0)


@pytest.mark.parametrize(("confidence", "ood_score"), [(1.0, 0.0), (0.0, 1.0)])
def test_certainty_has_a_finite_cost(confidence: float, ood_score: float) -> None:
    assert abs(network_cost(recognition(confidence, ood_score))) < 10


def test_network_cost_is_the_part_of_the_digit_cost_that_depends_on_the_network() -> None:
    sure, unsure = recognition(0.99, 0.01), recognition(0.4, 0.8)
    assert cost(piece(), unsure) - cost(piece(), sure) == pytest.approx(network_cost(unsure) - network_cost(sure))


def test_lower_than_writing_costs_more_and_higher_does_not() -> None:
    assert cost(piece(height=0.3)) - cost(piece(height=0.5)) > cost(piece(height=0.7)) - cost(piece(height=0.84))
    assert cost(piece(height=0.7)) > cost(piece(height=0.84)) > cost(piece(height=0.9)) == cost(piece(height=1.5))


def test_wide_and_cut_pieces_and_wide_gaps_cost_more() -> None:
    assert cost(piece(width=1.2)) > cost(piece())
    assert cost(piece(cuts=(1, 0.0))) > cost(piece())
    assert cost(piece(cuts=(1, 0.5))) > cost(piece(cuts=(1, 0.1)))
    assert cost(piece(gaps=(1, 0.3))) > cost(piece(gaps=(1, 0.1)))


def test_dot_is_cheaper_to_leave_out_than_to_read_and_a_digit_is_not() -> None:
    dot, digit = piece(height=0.1, width=0.1), piece()
    assert omission_cost(dot) < cost(dot)
    assert omission_cost(digit) > cost(digit)


def test_long_dash_costs_more_to_leave_out_than_a_dot() -> None:
    assert omission_cost(piece(height=0.1, width=0.5)) > omission_cost(piece(height=0.1, width=0.1))
