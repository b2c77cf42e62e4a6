"""nginx configuration as data, so that tests compare values and not source text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<mark>[{};]) | (?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*') |
                       (?P<word>(?:\\.|\$\{\w+\}|[^\s{};"'\\])+)""",
    re.VERBOSE | re.DOTALL,
)
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "s": 1, "ms": 0.001}


@dataclass
class Directive:
    """A directive, its arguments without quotes, and what is in its block; a Lua block is text."""

    name: str
    arguments: list[str] = field(default_factory=list)
    block: list["Directive"] = field(default_factory=list)
    lua: str = ""

    def all(self, name: str, *arguments: str) -> list["Directive"]:
        """Return the directives in the block, at any depth, with this name and these first arguments."""
        named = [each for each in self._descendants() if each.name == name]
        return [each for each in named if each.arguments[: len(arguments)] == [*arguments]]

    def one(self, name: str, *arguments: str) -> "Directive":
        """Return the only such directive."""
        [found] = self.all(name, *arguments)
        return found

    def number(self, name: str) -> float:
        """Return a directive's argument in bytes or seconds."""
        return in_base_unit(self.one(name).arguments[0])

    def _descendants(self) -> Iterator["Directive"]:
        for each in self.block:
            yield each
            yield from each._descendants()


def in_base_unit(text: str) -> float:
    """Return bytes for a size such as 8m, seconds for a time such as 15s."""
    found = re.fullmatch(r"([\d.]+)(k|m|ms|s|)", text)
    assert found is not None, text
    return float(found[1]) * UNITS[found[2]]


def lua_number(lua: str, name: str) -> float:
    """Return the number that a field of a Lua table has, such as `most = 2 * 3`."""
    [found] = re.findall(rf"\b{name}\s*=\s*([\d.]+)(?:\s*\*\s*([\d.]+))?", lua)
    return float(found[0]) * float(found[1] or 1)


def parse(text: str) -> Directive:
    """Return a nameless directive whose block is the configuration in this text."""
    root = Directive("")
    stack = [root]
    words: list[str] = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        assert token is not None, text[at : at + 80]
        at = token.end()
        if word := token["word"]:
            words.append(word)
        elif quoted := token["quoted"]:
            words.append(re.sub(r"\\(.)", r"\1", quoted[1:-1]))
        elif (mark := token["mark"]) == "}":
            stack.pop()
        elif mark:
            directive = Directive(words[0], words[1:])
            stack[-1].block.append(directive)
            words = []
            if mark == "{" and directive.name.endswith("_by_lua_block"):
                end = closing_brace(text, at)
                directive.lua, at = text[at:end], end + 1
            elif mark == "{":
                stack.append(directive)
    return root


def parse_dump(dump: str) -> Directive:
    """Return the whole configuration from the output of `nginx -T`, with the included files in place."""
    parts = re.split(r"^# configuration file (\S+):$", dump, flags=re.MULTILINE)
    files = {Path(path).name: parse(text) for path, text in zip(parts[1::2], parts[2::2], strict=True)}

    def expand(directives: list[Directive]) -> Iterator[Directive]:
        for each in directives:
            if each.name == "include":
                yield from expand(files[each.arguments[0]].block)
            else:
                yield Directive(each.name, each.arguments, [*expand(each.block)], each.lua)

    return Directive("", [], [*expand(files[Path(parts[1]).name].block)])


def closing_brace(text: str, at: int) -> int:
    """Return where the block that is open at this position ends."""
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1
