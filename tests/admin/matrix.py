"""Reads docs/permissions.md: its tables of words, of addresses, and of acts."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib import admin
from django.urls import URLResolver

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ROLES = ["anonymous", "no group", "analyst", "editor", "administrator"]
STATES = ["draft", "in review", "published", "withdrawn", "declined"]

HOLE = re.compile(r"<[^>]*>")
GROUP = re.compile(r"\((?:\?P<\w+>)?([^)]*)\)")
WORDS_ONLY = re.compile(r"\w+(\|\w+)*")


class Address(NamedTuple):
    """One line of a table of addresses: what each role gets of one method."""

    method: str
    address: str
    answers: dict[str, str]


class Action(NamedTuple):
    """One line of the table of list actions: on the list of which noun, and which roles are offered it."""

    action: str
    noun: str
    offers: dict[str, bool]


class Act(NamedTuple):
    """One line of a table of acts: what comes of one act, by one role, on a record in each state."""

    act: str
    kind: str
    who: str
    outcomes: dict[str, str]


def tables() -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the head and the rows of each table of the page."""
    for block in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        yield lines[0], lines[2:]


def words() -> dict[str, list[str]]:
    """Return the nouns that each word of the addresses stands for."""
    return {
        row[0].strip("`"): re.findall(r"`(\w+)`", row[1])
        for head, rows in tables()
        if head[0] == "word"
        for row in rows
    }


def addresses() -> list[Address]:
    """Return the lines of the tables of addresses, one for each method that they name."""
    return [
        Address(method, row[1].strip("`"), dict(zip(head[2:], row[2:], strict=True)))
        for head, rows in tables()
        if head[0] == "method"
        for row in rows
        for method in row[0].split(", ")
    ]


def actions() -> list[Action]:
    """Return the lines of the table of list actions, one for each action and noun that they name."""
    return [
        Action(action, noun, {role: cell == "offered" for role, cell in zip(head[2:], row[2:], strict=True)})
        for head, rows in tables()
        if head[0] == "action"
        for row in rows
        for action in row[0].split(", ")
        for noun in spelled_out(row[1].strip("`"), words())
    ]


def acts() -> list[Act]:
    """Return the lines of the tables of acts, one for each of the people that they name."""
    return [
        Act(*row[:2], who, dict(zip(head[3:], row[3:], strict=True)))
        for head, rows in tables()
        if head[0] == "act"
        for row in rows
        for who in row[2].split(", ")
    ]


def spelled_out(address: str, given: dict[str, list[str]]) -> list[str]:
    """Return `address` once for each choice of the words that `given` has a list for."""
    found = [word for word in HOLE.findall(address) if word in given]
    choices = product(*(given[word] for word in found))
    return [_filled(address, dict(zip(found, choice, strict=True))) for choice in choices]


def _filled(address: str, values: dict[str, str]) -> str:
    for word, value in values.items():
        address = address.replace(word, value)
    return address


def shape(address: str) -> str:
    """Return `address` without its query, every other hole in it made the same."""
    return HOLE.sub("<>", address.partition("?")[0])


def routes() -> set[str]:
    """Return the shape of every address of the desk."""
    return set(_walk(admin.site.urls[0], "/admin/"))


def _walk(patterns: Any, before: str) -> Iterator[str]:
    for entry in patterns:
        for route in _choices(str(entry.pattern).strip("^$")):
            if isinstance(entry, URLResolver):
                yield from _walk(entry.url_patterns, before + route)
            else:
                yield HOLE.sub("<>", before + route)


def _choices(route: str) -> list[str]:
    """Return `route`, once for each word that its group allows; a group that allows anything is a hole."""
    group = GROUP.search(route)
    if group is None:
        return [route]
    allowed = group[1].split("|") if WORDS_ONLY.fullmatch(group[1]) else ["<>"]
    return [found for word in allowed for found in _choices(route[: group.start()] + word + route[group.end() :])]
