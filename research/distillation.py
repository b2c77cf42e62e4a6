"""`python -m research.distillation`: can large networks teach the small one more than the labels do?

Four teachers with 36 times the weights learn from three quarters of the writers each, and say what they see in the
rest, so that none judges what it has learned by heart. Students then learn by the committed model's recipe: from the
labels, from teachers and labels, and without the drawings whose label the teachers deny. Made for a GPU: five minutes.
"""

import argparse
import copy
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from handler.preprocessing import Pixels
from research.ablation import Data, constants_set
from train import model
from train.augmentation import augment
from train.data.folder import DEFAULT_FOLDER
from train.data.strokes import Drawing
from train.fit import Recipe, loss_of
from train.model import CLASSES, DigitNet
from train.synthesis.training_set import Mix, render_pool

RESULTS = Path(__file__).resolve().parents[1] / "research" / "distillation.json"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
QUARTERS = 4
TEACHER_WIDTH = 48  # channels of the first layer, six times the committed model's
TEACHER = Recipe(epochs=12, batch=512, learning_rate=2e-3)
VIEWS = 4  # distorted ones that a teacher judges, besides the picture itself
TAUGHT = 0.8  # weight of the teachers' probabilities; the labels have the rest
DENIED = 0.05  # probability under which the teachers deny a label
FORWARD = 4096


@dataclass(frozen=True)
class Lessons:
    """MNIST, then the pool, on the device: pictures, labels, each one's quarter, and how strongly it is augmented."""

    pictures: Tensor
    labels: Tensor
    quarters: Tensor
    strength: Tensor
    mnist: int


def load(data: Data, mix: Mix) -> Lessons:
    """Render a quarter of the mix from each quarter of the writers."""
    writers = sorted({drawing.writer for drawing in (*data.train, *data.train_letters)})
    order = np.random.default_rng(1).permutation(len(writers))
    quarter = {writers[index]: place % QUARTERS for place, index in enumerate(order)}
    part = Mix(**{kind: count // QUARTERS for kind, count in asdict(mix).items()})

    def of(drawings: Sequence[Drawing], number: int) -> list[Drawing]:
        return [drawing for drawing in drawings if quarter[drawing.writer] == number]

    mnist = data.mnist["train"]
    count = len(mnist.labels)
    pools = [render_pool(of(data.train, n), of(data.train_letters, n), part, seed=n) for n in range(QUARTERS)]
    pictures, labels = (
        np.concatenate([getattr(images, name) for images in (mnist, *pools)]) for name in ("pictures", "labels")
    )
    quarters = np.concatenate(
        [np.arange(count) % QUARTERS, np.repeat(np.arange(QUARTERS), [len(x.labels) for x in pools])]
    )
    strength = np.full(len(labels), Recipe.pool_strength, np.float32)
    strength[:count] = 1
    arrays = (torch.from_numpy(array).to(DEVICE) for array in (pictures, labels, quarters, strength))
    return Lessons(*arrays, mnist=count)


def captured(step: Callable[[], None]) -> Callable[[], None]:
    """Return a step whose kernels are launched together, on a GPU; its first runs are part of the training."""
    if DEVICE == "cpu":
        return step
    stream = torch.cuda.Stream()
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
        keep: (N,) bool, what of it is shown.
        recipe: Hyperparameters.
        soft: (N, 10) the teachers' probabilities, or None.
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
            labelled = log_probabilities.gather(1, labels.clamp(min=0).unsqueeze(1)).squeeze(1)
            taught = (soft[batch] * log_probabilities).sum(dim=1)
            loss = loss + TAUGHT * ((labels >= 0) * (labelled - taught)).mean()  # of cross-entropies, in its place
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            for kept, new in pairs:
                kept.lerp_(new, fresh) if kept.is_floating_point() else kept.copy_(new)

    run, done = captured(step), 0
    for epoch in range(recipe.epochs):
        bar = tqdm(desc=f"epoch {epoch + 1}/{recipe.epochs}", total=steps, mininterval=1)
        for indices in shown(lessons, keep, recipe)[: steps * recipe.batch].split(recipe.batch):
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
    pool = lessons.mnist + keep[lessons.mnist :].nonzero().squeeze(1)
    some = pool[torch.randperm(len(pool))[: round(recipe.pool_share * len(pool))]]
    indices = torch.cat([mnist.repeat(recipe.mnist_repeats), some])
    return indices[torch.randperm(len(indices))]


def judge(net: DigitNet, pictures: Tensor) -> Tensor:
    """Return the logits of pictures, (N, 11)."""
    with torch.no_grad():
        return torch.cat([net(some.float()) for some in pictures.split(FORWARD)])


def teach(lessons: Lessons, report: Callable[[str, Sequence[DigitNet]], None]) -> Tensor:
    """Train the teachers; return what each says of its quarter, (N, 10) probabilities."""
    soft = torch.zeros(len(lessons.labels), CLASSES)
    teachers = []
    for quarter in range(QUARTERS):
        torch.manual_seed(quarter)
        with constants_set({(model, "WIDTH"): TEACHER_WIDTH}):
            net = DigitNet()
        held = lessons.quarters == quarter
        teachers.append(learn(net, lessons, ~held, TEACHER, half=True))
        pictures, strength = lessons.pictures[held].float(), lessons.strength[held]
        views = [pictures, *(augment(pictures, strength=strength) for _ in range(VIEWS))]
        soft[held] = torch.stack([judge(teachers[-1], view)[:, :CLASSES].softmax(dim=1) for view in views]).mean(dim=0)
        report("a teacher", teachers[-1:])
    report("the four teachers", teachers)
    return soft


def main() -> None:
    """Train teachers and students, and print what each reads of the validation writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/ and strokes/")
    parser.add_argument("--seeds", type=int, default=3, help="students of each kind")
    parser.add_argument("--share", type=float, default=1.0, help="of the pool; a little one tries the program")
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    data = Data(arguments.data)
    lessons = load(data, Mix(**{kind: round(arguments.share * count) for kind, count in asdict(Mix()).items()}))
    torch.set_default_device(DEVICE)
    measured = defaultdict[str, list[dict[str, float]]](list)

    def report(name: str, nets: Sequence[DigitNet]) -> None:
        def read(pictures: Pixels) -> Tensor:
            images = torch.from_numpy(pictures).to(DEVICE)
            return torch.stack([judge(net, images) for net in nets]).mean(dim=0).cpu()

        measured[name].append(data.figures(read))
        partial = arguments.output.with_suffix(".partial")
        partial.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(arguments.output)
        print(f"{name}: {measured[name][-1]}", flush=True)

    soft = teach(lessons, report)
    everything = torch.ones(len(lessons.labels), dtype=torch.bool)
    probability = soft.gather(1, lessons.labels.clamp(min=0).unsqueeze(1)).squeeze(1)
    denied = (lessons.labels >= 0) & (probability < DENIED)
    print(f"The teachers deny {int(denied.sum())} of {int((lessons.labels >= 0).sum())} labels.", flush=True)
    students = {
        "a student of the labels": (everything, None),
        "… of teachers and labels": (everything, soft),
        "… without the labels they deny": (~denied, None),
    }
    for seed in range(1, arguments.seeds + 1):
        for name, (keep, taught) in students.items():
            torch.manual_seed(seed)
            report(name, [learn(DigitNet(), lessons, keep, Recipe(), soft=taught)])
    columns = list(measured["a teacher"][0])
    print(f"| network | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, all_figures in measured.items():
        cells = (f"{np.mean([figures[column] for figures in all_figures]):.2f}" for column in columns)
        print(f"| {name} (n = {len(all_figures)}) | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
