"""Print to a terminal: no control character in names or values may reach it."""

import json

import click


def plain(text: str) -> str:
    """Escape unprintable characters as Python does; tabs stay."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\t" else ascii(one)[1:-1] for one in text)


def plain_json(document: str) -> str:
    """Escape unprintable characters in a line of JSON as JSON does: the values stay the same."""
    if document.isprintable():
        return document
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in document)


def echo(text: str, err: bool = False) -> None:
    """Print a line."""
    click.echo(plain(text), err=err)


def write(document: str) -> None:
    """Print a document of ours as it is, in UTF-8."""
    click.echo(document.encode(), nl=False)
