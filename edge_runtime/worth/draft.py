"""One list from two orders of the same articles, a coin for each pair (team draft; Radlinski et al., 2008)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from edge_runtime.worth.trials import Drafting

NUM_PAIRS = 5  # the first ten places


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles of a list of which each order named one."""

    ranked: int
    newest: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A list, and the pairs in it."""

    order: tuple[int, ...]
    pairs: tuple[Pair, ...]


def drafted(
    ranked: Sequence[int],
    newest: Sequence[int],
    drafting: Drafting,
    key: bytes,
    number: int,
    apart: Container[int] = (),
) -> Draft:
    """Draft a list.

    Where both orders name the same article for a pair, it is no pair: the article stands there, and the next one of
    the ranked order beside it. So it is where the ranked order names one that is to stand apart.

    Args:
        ranked: Articles, best first.
        newest: The same articles, newest first.
        drafting: How much is drafted; a single pair is at any depth.
        key: Random bytes of this reader.
        number: Of the list; the coins are the same for the same one.
        apart: Articles that are in no pair; `newest` has none of them.
    """
    if drafting is Drafting.NOTHING:
        return Draft(tuple(ranked), ())
    coins = _coins(key, number)
    depths = {next(coins) % NUM_PAIRS} if drafting is Drafting.PAIR else set(range(NUM_PAIRS))
    order: list[int] = []
    placed: set[int] = set()
    pairs: list[Pair] = []
    rest = iter(ranked)

    def put(article: int) -> None:
        order.append(article)
        placed.add(article)

    def put_next() -> None:
        for article in rest:
            if article not in placed:
                put(article)
                return

    for depth in range(NUM_PAIRS):
        coin = next(coins)
        # A lone pair is of articles that stand as deep in both orders; else those above would be drawn into it.
        begin = 2 * depth if drafting is Drafting.PAIR else 0
        one, other = (_first(articles[begin:], placed) for articles in (ranked, newest))
        if depth not in depths or one is None or other is None or one == other or one in apart:
            put_next()
            put_next()
            continue
        pairs.append(Pair(one, other))
        for article in (one, other) if coin % 2 else (other, one):
            put(article)
    order += [article for article in ranked if article not in placed]
    return Draft(tuple(order), tuple(pairs))


def _first(articles: Sequence[int], placed: set[int]) -> int | None:
    return next((article for article in articles if article not in placed), None)


def _coins(key: bytes, number: int) -> Iterator[int]:
    """Random numbers of 0 to 255 that follow from a key and a number."""
    yield from blake2b(number.to_bytes(8, "big"), key=key[:64], digest_size=32).digest()
