import torch

from train.card import describe, training_machine
from train.model_store import MODEL_STORE, read_model

_, CARD = read_model(MODEL_STORE)


def test_page_beside_the_weights_is_the_one_of_the_card() -> None:
    assert (MODEL_STORE / "README.md").read_text(encoding="utf-8") == describe(CARD)


def test_page_of_a_training_without_tablet_digits_has_the_rest() -> None:
    card = {**CARD, "test": {"mnist": CARD["test"]["mnist"]}}
    accuracy = card["test"]["mnist"]["accuracy"]
    interval = f"{accuracy['low']}–{accuracy['high']}"
    assert f"| MNIST, accuracy | {accuracy['percent']} % ({interval}, n = 10000) |" in describe(card)


def test_card_names_the_instruction_set_and_the_packages_of_the_training() -> None:
    assert training_machine()["cpu"] == torch.backends.cpu.get_cpu_capability()
    assert CARD["machine"].keys() == training_machine().keys()
    assert CARD["machine"]["cpu"] in ("AVX2", "AVX512")
