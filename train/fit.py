"""The training loop: AdamW with a one-cycle schedule, averaged weights, resumable after any epoch."""

import copy
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from handler.calibration import CLASSES
from train.augmentation import augment
from train.data.labeled_images import NEGATIVE, PART, LabeledImages, are_parts, readings
from train.model import WIDTH, DigitNet, logits_of

# Threads of each torch operation. Fixed, because sums depend on how they are split. One, because operations this small
# gain little from a second, and another core makes the next batch meanwhile.
THREADS = 1

Batch = tuple[Tensor, Tensor]  # (n, 28, 28) float32 pictures, (n,) int64 labels


@dataclass(frozen=True)
class Recipe:
    """What the weights depend on, besides the data and the kind of CPU."""

    seed: int = 1
    width: int = WIDTH  # of the network
    epochs: int = 10
    mnist_repeats: int = 3  # how often an epoch shows MNIST
    drawn_share: float = 0.4  # of the drawn pictures, other ones in each epoch
    batch: int = 256
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    averaging: float = 0.999  # decay of the moving average of the weights, per step
    drawn_strength: float = 0.5  # of the augmentation of drawn pictures, whose strokes were distorted before
    negative_weight: float = 0.2  # of the pull of negatives towards uniform probabilities
    partial_share: float = 0.5  # of the label, what a half-drawn digit becomes; the rest is a pull towards uniform ones
    partial_reject: float = 0.3  # of "not a digit" for half-drawn digits: many are other digits


def fit(
    recipe: Recipe,
    mnist: LabeledImages,
    drawn: LabeledImages,
    validate: Callable[[DigitNet], float],
    checkpoint: Path,
    initial: DigitNet | None = None,
) -> tuple[DigitNet, float]:
    """Train a network, going on from the checkpoint if there is one of the same recipe and data.

    Args:
        recipe: Hyperparameters and seed.
        mnist: MNIST's training part.
        drawn: Rendered pen drawings.
        validate: Returns a network's error on validation data, 0 to 1, which is shown after each epoch. It selects no
            epoch: with this schedule the last is the best, and the least of several noisy figures would be luck.
        checkpoint: The file that is written, whole or not at all, after each epoch.
        initial: The network whose weights are the first ones; by default they are random.

    Returns:
        The averaged network, in evaluation mode, and how many seconds its training took, all runs together.
    """
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    parts = (mnist, drawn)
    pictures = torch.from_numpy(np.concatenate([part.pictures for part in parts]))
    labels = torch.from_numpy(np.concatenate([part.labels for part in parts]))
    strength = torch.full((len(labels),), recipe.drawn_strength)
    strength[: len(mnist.labels)] = 1.0
    steps = len(_epoch_indices(recipe, mnist, drawn)) // recipe.batch
    torch.manual_seed(recipe.seed)
    state = _State(recipe, copy.deepcopy(initial) or DigitNet(recipe.width), steps=recipe.epochs * steps)
    digest = hashlib.sha256(labels.numpy().tobytes()).hexdigest()
    identity = {
        **asdict(recipe),
        "pixels": int(pictures.sum(dtype=torch.int64)),
        "labels": digest,
        "initial": _sum_of(initial) if initial else None,
    }
    state.load(checkpoint, identity)
    for epoch in range(state.epoch, recipe.epochs):
        began = time.monotonic()
        torch.manual_seed(recipe.seed * 1000 + epoch)  # each epoch has its own seed, so that resuming changes nothing
        order = _epoch_indices(recipe, mnist, drawn)[: steps * recipe.batch]
        random = torch.Generator().manual_seed(recipe.seed * 1000 + epoch)

        def make(batch: Tensor, random: torch.Generator = random) -> Batch:
            return augment(pictures[batch].float(), strength=strength[batch], random=random), labels[batch]

        batches = _prefetch(make, torch.split(order, recipe.batch))
        bar = tqdm(batches, f"epoch {epoch + 1}/{recipe.epochs}", steps, mininterval=1)
        for images, shown in bar:
            bar.set_postfix(loss=f"{state.step(images, shown):.3f}", refresh=False)
        state.epoch += 1
        state.seconds += time.monotonic() - began
        tqdm.write(f"epoch {state.epoch}: validation error {100 * validate(state.average):.2f} %")
        state.save(checkpoint, identity)
    return state.average.to(memory_format=torch.contiguous_format), state.seconds


def _prefetch(make: Callable[[Tensor], Batch], indices: Sequence[Tensor]) -> Iterator[Batch]:
    """Make each batch on another core while the network learns the one before."""
    with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(THREADS,)) as executor:
        following = executor.submit(make, indices[0])
        for batch in indices[1:]:
            current, following = following, executor.submit(make, batch)
            yield current.result()
        yield following.result()


def _epoch_indices(recipe: Recipe, mnist: LabeledImages, drawn: LabeledImages) -> Tensor:
    """Return which pictures an epoch shows, in random order."""
    first, count = len(mnist.labels), len(drawn.labels)
    shown = first + torch.randperm(count)[: round(recipe.drawn_share * count)]
    indices = torch.cat([torch.arange(first).repeat(recipe.mnist_repeats), shown])
    return indices[torch.randperm(len(indices))]


def _sum_of(net: DigitNet) -> float:
    return sum(float(weights.detach().double().sum()) for weights in net.parameters())


def error_rate(net: DigitNet, images: LabeledImages) -> float:
    """Return the share of images of digits whose digit a network gets wrong, 0 to 1."""
    predicted = logits_of(net, images.pictures)[:, :CLASSES].argmax(dim=1)
    return float((predicted != torch.from_numpy(images.labels)).float().mean())


def loss_of(logits: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    """Return cross-entropy for digits, a pull towards uniform for the rest, and "this is a digit" for all.

    Where a label allows two readings, each has half of the cross-entropy. Parts of digits have both losses: they may
    become several digits, or be another whole one.

    Args:
        logits: (n, 11) float32.
        labels: (n,) int64, as `LabeledImages` has them.
        recipe: Holds the weights of the terms.

    Returns:
        The mean loss, a scalar.
    """
    negative, partial, digit = labels == NEGATIVE, are_parts(labels), labels >= 0
    log_probabilities = functional.log_softmax(logits[:, :CLASSES], dim=1)
    chosen = -log_probabilities.gather(1, torch.stack(readings(labels), dim=1)).mean(dim=1)
    uniform = -log_probabilities.mean(dim=1) - np.log(CLASSES)
    share = torch.where(negative | (labels == PART), 0.0, torch.where(partial, recipe.partial_share, 1.0))
    weight = torch.where(negative, recipe.negative_weight, 1.0)
    classes = weight * (share * chosen + (1 - share) * uniform)
    certainty = torch.where(partial, recipe.partial_reject, 1.0)
    reject = functional.binary_cross_entropy_with_logits(logits[:, CLASSES], digit.float(), certainty, reduction="none")
    loss: Tensor = (classes + 0.5 * reject).mean()
    return loss


class _State:
    """Everything that an interrupted run needs to go on."""

    def __init__(self, recipe: Recipe, net: DigitNet, steps: int) -> None:
        self.recipe = recipe
        # The convolutions' gradients take half the time in this layout.
        self.net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.net).eval()
        decayed = [p for p in self.net.parameters() if p.ndim > 1]
        rest = [p for p in self.net.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, recipe.learning_rate, total_steps=steps, pct_start=0.15
        )
        self.epoch, self.seconds = 0, 0.0

    def step(self, images: Tensor, labels: Tensor) -> float:
        self.net.train()
        self.optimizer.zero_grad()
        loss = loss_of(self.net(images), labels, self.recipe)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.schedule.step()
        steps = self.schedule.last_epoch  # what it counts are steps
        decay = min(self.recipe.averaging, steps / (steps + 10))
        with torch.no_grad():
            for kept, new in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
                kept.lerp_(new, 1 - decay) if kept.is_floating_point() else kept.copy_(new)
        return float(loss.detach())

    def save(self, path: Path, identity: dict[str, Any]) -> None:
        partial = path.with_suffix(".partial")
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimizer", "schedule")}
        numbers = {name: getattr(self, name) for name in ("epoch", "seconds")}
        torch.save({"identity": identity, "parts": parts, "numbers": numbers}, partial)
        partial.replace(path)

    def load(self, path: Path, identity: dict[str, Any]) -> None:
        if not path.exists():
            return
        saved = torch.load(path, weights_only=True)
        if saved["identity"] != identity:
            return  # of another recipe or other data
        for name, part in saved["parts"].items():
            getattr(self, name).load_state_dict(part)
        for name, number in saved["numbers"].items():
            setattr(self, name, number)
