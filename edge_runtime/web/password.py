"""The password of the pages: made here, shown once, kept as what only it gives."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_LENGTH, _GROUP = 24, 4  # 118 bits
_COST = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB
_MOST_MEMORY = 64 * 2**20
_MOST_TYPED = 200
_one_at_a_time = threading.Lock()  # each takes 16 MiB for a moment


def new_password() -> str:
    """24 letters and digits in groups, to be typed on a phone."""
    letters = [secrets.choice(_LETTERS) for _ in range(_LENGTH)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, _LENGTH, _GROUP))


def hashed(password: str) -> dict[str, object]:
    """What is kept of a password."""
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), **_COST, "hash": _scrypt(password, salt, **_COST).hex()}


def is_right(password: str, kept: Mapping[str, object]) -> bool:
    """Whether a password is the one that is kept; spaces, dashes and capitals are as you like."""
    salt, cost = bytes.fromhex(str(kept["salt"])), {name: int(str(kept[name])) for name in _COST}
    return hmac.compare_digest(_scrypt(password, salt, **cost), bytes.fromhex(str(kept["hash"])))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    typed = "".join(password[:_MOST_TYPED].split()).replace("-", "").lower().encode()
    with _one_at_a_time:
        return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=32)
