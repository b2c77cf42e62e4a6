"""`python -m research.distillation`: can large networks teach the small one more than the labels do?

Each of four teachers, with 36 times the weights, learns from three quarters of the writers and predicts the rest, which
it has not memorized. Students then learn by the committed model's recipe: from the labels, from teachers and labels,
and without the drawings whose label the teachers reject. On a GPU it takes five minutes.
"""

import argparse
import copy
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from handler.calibration import CLASSES
from handler.preprocessing import Pixels
from research.ablation import Data
from train.augmentation import augment
from train.data.folder import DEFAULT_FOLDER
from train.data.strokes import Drawing
from train.fit import Recipe, loss_of
from train.model import DigitNet
from train.synthesis.training_set import Composition, render_training_set

RESULTS = Path(__file__).with_name("distillation.json")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
QUARTERS = 4
TEACHER = Recipe(width=48, epochs=12, batch=512, learning_rate=2e-3)  # six times the width of the committed model
VIEWS = 4  # distorted versions of a picture that a teacher predicts, besides the picture itself
TAUGHT = 0.8  # weight of the teachers' probabilities; the labels have the rest
REJECTED = 0.05  # probability below which the teachers reject a label
FORWARD = 4096


@dataclass(frozen=True)
class Lessons:
    """MNIST, then the drawn pictures, on the device: pictures, labels, quarters, and strengths of augmentation."""

    pictures: Tensor
    labels: Tensor
    quarters: Tensor
    strength: Tensor
    mnist: int


def load(data: Data, composition: Composition) -> Lessons:
    """Render a quarter of the composition from each quarter of the writers."""
    writers = sorted({drawing.writer for drawing in (*data.train, *data.train_letters)})
    order = np.random.default_rng(1).permutation(len(writers))
    quarter = {writers[index]: place % QUARTERS for place, index in enumerate(order)}
    part = Composition(**{kind: count // QUARTERS for kind, count in asdict(composition).items()})

    def of(drawings: Sequence[Drawing], number: int) -> list[Drawing]:
        return [drawing for drawing in drawings if quarter[drawing.writer] == number]

    mnist = data.mnist["train"]
    count = len(mnist.labels)
    drawn = [render_training_set(of(data.train, n), of(data.train_letters, n), part, seed=n) for n in range(QUARTERS)]
    pictures, labels = (
        np.concatenate([getattr(images, name) for images in (mnist, *drawn)]) for name in ("pictures", "labels")
    )
    quarters = np.concatenate(
        [np.arange(count) % QUARTERS, np.repeat(np.arange(QUARTERS), [len(x.labels) for x in drawn])]
    )
    strength = np.full(len(labels), Recipe.drawn_strength, np.float32)
    strength[:count] = 1

    def on_device(array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(DEVICE)

    return Lessons(on_device(pictures), on_device(labels), on_device(quarters), on_device(strength), mnist=count)


def captured(step: Callable[[], None]) -> Callable[[], None]:
    """Return a step whose kernels are launched together, on a GPU; its first runs are part of the training."""
    if DEVICE == "cpu":
        return step
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    replay: Callable[[], None] = graph.replay
    return replay


def learn(
    net: DigitNet, lessons: Lessons, keep: Tensor, recipe: Recipe, *, soft: Tensor | None = None, half: bool = False
) -> DigitNet:
    """Train a network as `train.fit` does, on the device.

    Args:
        net: The network, as it begins.
        lessons: What there is to learn.
        keep: (n,) bool, what of it is shown.
        recipe: Hyperparameters.
        soft: (n, 10) the teachers' probabilities, or None.
        half: Whether to multiply in bfloat16.

    Returns:
        The averaged network, in evaluation mode.
    """
    average = copy.deepcopy(net).eval()
    net.train()
    steps = len(shown(lessons, keep, recipe)) // recipe.batch
    groups = [
        {"params": [p for p in net.parameters() if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in net.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    # Tensors, so that a captured step reads what they hold at its time.
    optimizer = torch.optim.AdamW(groups, lr=torch.tensor(recipe.learning_rate), capturable=DEVICE == "cuda")
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.epochs * steps + 1, pct_start=0.15, cycle_momentum=False
    )
    batch, fresh = torch.zeros(recipe.batch, dtype=torch.long), torch.tensor(0.5)
    pairs = list(zip(average.state_dict().values(), net.state_dict().values(), strict=True))

    def step() -> None:
        optimizer.zero_grad()
        labels = lessons.labels[batch]
        images = augment(lessons.pictures[batch].float(), strength=lessons.strength[batch])
        with torch.autocast(DEVICE, torch.bfloat16, enabled=half, cache_enabled=False):
            logits = net(images).float()
        loss = loss_of(logits, labels, recipe)
        if soft is not None:
            log_probabilities = functional.log_softmax(logits[:, :CLASSES], dim=1)
            labeled = log_probabilities.gather(1, labels.clamp(min=0).unsqueeze(1)).squeeze(1)
            taught = (soft[batch] * log_probabilities).sum(dim=1)
            loss = loss + TAUGHT * ((labels >= 0) * (labeled - taught)).mean()  # of cross-entropies, in its place
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            for kept, new in pairs:
                kept.lerp_(new, fresh) if kept.is_floating_point() else kept.copy_(new)

    run, done = captured(step), 0
    for epoch in range(recipe.epochs):
        bar = tqdm(desc=f"epoch {epoch + 1}/{recipe.epochs}", total=steps, mininterval=1)
        for indices in torch.split(shown(lessons, keep, recipe)[: steps * recipe.batch], recipe.batch):
            batch.copy_(indices)
            done += 1
            fresh.fill_(1 - min(recipe.averaging, done / (done + 10)))
            run()
            schedule.step()
            bar.update()
        bar.close()
    return average


def shown(lessons: Lessons, keep: Tensor, recipe: Recipe) -> Tensor:
    """Return which pictures an epoch shows, in random order."""
    mnist = keep[: lessons.mnist].nonzero().squeeze(1)
    drawn = lessons.mnist + keep[lessons.mnist :].nonzero().squeeze(1)
    some = drawn[torch.randperm(len(drawn))[: round(recipe.drawn_share * len(drawn))]]
    indices = torch.cat([mnist.repeat(recipe.mnist_repeats), some])
    return indices[torch.randperm(len(indices))]


def logits_of(net: DigitNet, pictures: Tensor) -> Tensor:
    """Return the logits of pictures on the device, (n, 11)."""
    with torch.no_grad():
        return torch.cat([net(some.float()) for some in torch.split(pictures, FORWARD)])


def teach(lessons: Lessons, report: Callable[[str, Sequence[DigitNet]], None]) -> Tensor:
    """Train the teachers; return what each predicts for its quarter, (n, 10) probabilities."""
    soft = torch.zeros(len(lessons.labels), CLASSES)
    teachers = []
    for quarter in range(QUARTERS):
        torch.manual_seed(quarter)
        held = lessons.quarters == quarter
        teachers.append(learn(DigitNet(TEACHER.width), lessons, ~held, TEACHER, half=True))
        pictures, strength = lessons.pictures[held].float(), lessons.strength[held]
        views = [pictures, *(augment(pictures, strength=strength) for _ in range(VIEWS))]
        predicted = [logits_of(teachers[-1], view)[:, :CLASSES].softmax(dim=1) for view in views]
        soft[held] = torch.stack(predicted).mean(dim=0)
        report("a teacher", teachers[-1:])
    report("the four teachers", teachers)
    return soft


def main() -> None:
    """Train teachers and students, and print the metrics of each on the validation writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--seeds", type=int, default=3, help="students of each kind")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the drawn pictures; a small share tries the program"
    )
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    data = Data(arguments.data)
    lessons = load(
        data, Composition(**{kind: round(arguments.share * count) for kind, count in asdict(Composition()).items()})
    )
    torch.set_default_device(DEVICE)
    measured = defaultdict[str, list[dict[str, float]]](list)

    def report(name: str, nets: Sequence[DigitNet]) -> None:
        def logits(pictures: Pixels) -> Tensor:
            images = torch.from_numpy(pictures).to(DEVICE)
            return torch.stack([logits_of(net, images) for net in nets]).mean(dim=0).cpu()

        measured[name].append(data.metrics(logits))
        partial = arguments.output.with_suffix(".partial")
        partial.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(arguments.output)
        print(f"{name}: {measured[name][-1]}", flush=True)

    soft = teach(lessons, report)
    everything = torch.ones(len(lessons.labels), dtype=torch.bool)
    probability = soft.gather(1, lessons.labels.clamp(min=0).unsqueeze(1)).squeeze(1)
    rejected = (lessons.labels >= 0) & (probability < REJECTED)
    print(f"The teachers reject {int(rejected.sum())} of {int((lessons.labels >= 0).sum())} labels.", flush=True)
    students = {
        "a student of the labels": (everything, None),
        "… of teachers and labels": (everything, soft),
        "… without the labels they reject": (~rejected, None),
    }
    for seed in range(1, arguments.seeds + 1):
        for name, (keep, taught) in students.items():
            torch.manual_seed(seed)
            report(name, [learn(DigitNet(), lessons, keep, Recipe(), soft=taught)])
    columns = list(measured["a teacher"][0])
    print(f"| network | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, metrics in measured.items():
        cells = (f"{np.mean([values[column] for values in metrics]):.2f}" for column in columns)
        print(f"| {name} (n = {len(metrics)}) | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
