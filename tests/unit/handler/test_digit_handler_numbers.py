from handler.digit_handler import DigitHandler
from tests import drawings
from tests.unit.handler.batches import NUMBERS, V1, ask, image, instances

SEVENTEEN, SEVEN = drawings.number(), drawings.seven()


def test_route_of_numbers_is_answered_with_a_number(handler: DigitHandler) -> None:
    [answer], context = ask(handler, (SEVENTEEN, NUMBERS))
    assert (answer["number"], answer["lines"], len(answer["digits"])) == ("17", [[0, 1]], 2)
    assert context.statuses[0][0] == 200


def test_digits_and_numbers_of_a_batch_get_their_own_answers(handler: DigitHandler) -> None:
    answers, context = ask(
        handler,
        (SEVEN, image()),
        (SEVENTEEN, NUMBERS),
        (drawings.blank(), NUMBERS),
        (b"bad", NUMBERS),
        (instances((SEVENTEEN, "number"), (SEVEN, "digit"), (SEVEN, "word")), V1),
    )
    kinds = [answer.get("number", answer.get("digit", answer.get("type"))) for answer in answers[:4]]
    assert kinds == [7, "17", "BlankImage", "InvalidImage"]
    predictions = answers[4]["predictions"]
    assert [x.get("number", x.get("digit", x.get("type"))) for x in predictions] == ["17", 7, "MalformedRequest"]
    assert [context.statuses[row][0] for row in range(5)] == [200, 200, 422, 400, 200]


def test_number_in_a_large_image_is_read(handler: DigitHandler) -> None:
    large = drawings.row(drawings.ONE, drawings.SEVEN).resize((1600, 1000))
    [answer], _ = ask(handler, (drawings.encoded(large), NUMBERS))
    assert answer["number"] == "17"
    assert answer["digits"][1]["box"]["left"] > 400
