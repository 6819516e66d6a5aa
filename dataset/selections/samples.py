"""Draw samples: in a random order that the seed decides, the same on every engine."""

from hashlib import blake2b
from typing import Any, NamedTuple

from peewee import OP, Expression

PRIME = 2**31 - 1


class Sample(NamedTuple):
    """How many events, and the seed of the order in which they are taken."""

    size: int
    seed: int


def shuffled(shuffle: Any, seed: int) -> Expression:
    """Give the position of an event in the order of a seed, from its stored hash.

    (a * shuffle + b) mod (2^31 - 1), with `a` and `b` from the seed: over all seeds, each pair of
    positions is as likely as any other, whatever the hashes, and no two hashes get one position.
    """
    factor, shift = numbers_of(seed)
    # The product has 62 bits. peewee's own `%` means LIKE.
    return Expression(shuffle.cast("BIGINT") * factor + shift, OP.MOD, PRIME)


def numbers_of(seed: int) -> tuple[int, int]:
    """Make the two numbers of a seed: the first from 1, both below the prime."""
    digest = blake2b(str(seed).encode(), digest_size=16).digest()
    factor, shift = int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
    return factor % (PRIME - 1) + 1, shift % PRIME
