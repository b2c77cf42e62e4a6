"""nginx's configuration, parsed, so that a test compares directives and not text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import crossplane

BYTES = {"": 1, "k": 1 << 10, "m": 1 << 20}
SECONDS = {"ms": 0.001, "s": 1, "": 1, "m": 60}


@dataclass(frozen=True)
class Directive:
    """A directive with its arguments and, if it has a block, the directives in it; included files are part of it."""

    name: str
    arguments: tuple[str, ...]
    block: "tuple[Directive, ...]"

    def all(self, name: str, *arguments: str) -> "list[Directive]":
        """Return the directives in the block with this name and these first arguments."""
        return [item for item in self.block if item.name == name and item.arguments[: len(arguments)] == arguments]

    def one(self, name: str, *arguments: str) -> "Directive":
        """Return the only such directive in the block."""
        found = self.all(name, *arguments)
        assert len(found) == 1, f"{self.name} {self.arguments} has {len(found)} directives {name} {arguments}"
        return found[0]

    def walk(self) -> "Iterator[Directive]":
        """Yield every directive in the block and in the blocks below it."""
        for item in self.block:
            yield item
            yield from item.walk()

    def size(self, name: str) -> int:
        """Return the bytes that a directive in the block states."""
        return int(self._quantity(name, BYTES))

    def seconds(self, name: str) -> float:
        """Return the seconds that a directive in the block states."""
        return self._quantity(name, SECONDS)

    def table(self, source: str, target: str) -> dict[str, str]:
        """Return the entries of the map from one variable to another."""
        return {entry.name: entry.arguments[0] for entry in self.one("map", source, target).block}

    def _quantity(self, name: str, units: dict[str, Any]) -> float:
        [argument] = self.one(name).arguments
        found = re.fullmatch(r"([\d.]+)([a-z]*)", argument)
        assert found is not None, f"{name} {argument}"
        return float(found[1]) * float(units[found[2]])


def look_up(table: dict[str, str], value: str) -> str:
    """Return what a map gives for a value: that of the same text, else of the first pattern, else the default."""
    if value in table:
        return table[value]
    for name, result in table.items():
        pattern = unescaped(name)
        if pattern.startswith("~") and re.search(pattern.lstrip("~*"), value, re.I if pattern[1] == "*" else 0):
            return result
    return table.get("default", "")


def unescaped(argument: str) -> str:
    """Return a quoted argument as nginx reads it."""
    return re.sub(r"\\([\"'\\])", r"\1", argument)


def parse(path: Path) -> Directive:
    """Read a configuration and every file that it includes."""
    parsed = crossplane.parse(str(path), combine=True, check_ctx=False, check_args=False)
    assert parsed["errors"] == []
    return Directive("main", (), _directives(parsed["config"][0]["parsed"]))


def _directives(block: list[dict[str, Any]]) -> tuple[Directive, ...]:
    return tuple(
        Directive(item["directive"], tuple(item["args"]), _directives(item.get("block", [])))
        for item in block
        if item["directive"] != "#"
    )
