"""The bundle: everything a device needs to rank news, in one file. This text is the format's specification.

    offset  size  content
    0       8     magic, b"EDGENEWS"
    8       4     format version, little-endian unsigned
    12      4     size of the manifest, little-endian unsigned
    16      32    SHA-256 of the manifest
    48      n     manifest: a JSON object, padded with spaces so that 48 + n is a multiple of 64
    48 + n        the members of `MEMBERS`, then those of `OPTIONAL_MEMBERS` that the bundle has, in that order, without
                  gaps; the file ends with the last one

The manifest gives each member's size and SHA-256, so every byte of the file is covered by a hash. It has the fields of
`Manifest`, and may have others, which are passed over. Members:

    token_table           vectors of the tokens, stored as the manifest's `table` says (`token_table`)
    vocabulary            the subword pieces, row by row of the table (`text.pack_pieces`)
    article_encoder       TFLite with float32 inputs and outputs, deflated:
                          pooled token vectors (n, token_dim) and one-hot topics (n, topics) -> (n, dim)
    user_encoder          TFLite, likewise: vectors of clicked articles (n, dim) -> interests (n, dim) and
                          log weights (n, 1)
    head                  the scoring head, JSON, deflated (`head.head_bytes`)
    golden                inputs and the outputs that a healthy engine gives for them, JSON, deflated (`Golden`)
    card                  what a person should know of the model, Markdown, deflated
    warm_articles         optional: old articles among their readers' clicks (`warm_articles`)
    topic_head            optional: the pooled token vector's topic; absent where no topic is known (`topic_head`)
    word_counts           optional: how many training titles hold each piece (`word_counts`)

`write_bundle` and `read_bundle` are the only writer and reader. A hash protects against accidents, not against a
forger: who can alter a member can alter its hash.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.errors import BundleError, Remedy
from edge_runtime.model.front import Front, front_fields, front_from
from edge_runtime.model.head import ScoringHead, head_bytes, head_from_bytes
from edge_runtime.model.json_lines import Json, parse_object
from edge_runtime.model.token_table import TABLE_KINDS, TableFormat, TokenTable, table_from_bytes
from edge_runtime.model.tokens import pack_pieces, unpack_pieces
from edge_runtime.model.topic_head import TopicHead, topic_head_from_bytes
from edge_runtime.model.warm_articles import WarmArticles, warm_articles_from_bytes
from edge_runtime.model.word_counts import WordCounts, word_counts_from_bytes
from edge_runtime.version import __version__, release_order

FORMAT_VERSION = 2
# The first release that reads this format: what is written asks for no newer one.
OLDEST_RUNTIME = "0.1.0"
MAGIC = b"EDGENEWS"
MEMBERS = ("token_table", "vocabulary", "article_encoder", "user_encoder", "head", "golden", "card")
OPTIONAL_MEMBERS = ("warm_articles", "topic_head", "word_counts")

_HEADER = struct.Struct("<8sII32s")
_ALIGNMENT = 64
_MAX_MANIFEST_BYTES = 256 * 1024
_MAX_MEMBER_BYTES = 64 * 1024 * 1024
_MAX_TOKENS = 1_000_000
_MAX_DIM = 4096
_MAX_TOPICS = 1000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself; `topics[0]` is "" for an unknown topic."""

    model_version: str
    min_runtime: str  # oldest edge-news release that reads this bundle
    dim: int  # of an article's vector
    token_dim: int
    num_tokens: int
    table: TableFormat
    encoders: str  # what their TFLite files hold: int8, float16, dynamic (int8 weights, float arithmetic) or float32
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    history_length: int  # past clicks that the user encoder was trained to see
    training_data: str
    training_licence: str
    seed: int
    metrics: Mapping[str, Any]
    front: Front | None = None  # None: nothing is known of other sizes


@dataclass(frozen=True, slots=True)
class Golden:
    """Articles and the vectors that the exporting machine got for them, to prove an engine right."""

    titles: tuple[str, ...]
    topics: tuple[str, ...]
    vectors: NDArray[np.float32]  # (num_titles, dim), length 1
    interests: NDArray[np.float32]  # (num_titles, dim), of the same articles as clicks
    log_weights: NDArray[np.float32]  # (num_titles,)


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle whose every byte has been checked."""

    manifest: Manifest
    token_table: TokenTable
    pieces: list[str]
    article_encoder: bytes
    user_encoder: bytes
    head: ScoringHead
    golden: Golden
    card: str  # Markdown
    sha256: str  # of the manifest, and through it of everything
    size_bytes: int
    member_bytes: Mapping[str, int]
    warm_articles: WarmArticles | None = None  # None: every article is scored from its text alone
    topic_head: TopicHead | None = None  # None: an article has the topic that its feed gives it, or none
    word_counts: WordCounts | None = None  # None: words are counted in the titles that the device has


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Write a bundle; a reader sees the old file or the whole new one. `sha256` and sizes are computed, not taken."""
    members = {
        "token_table": bundle.token_table.to_bytes(),
        "vocabulary": pack_pieces(bundle.pieces),
        "article_encoder": zlib.compress(bundle.article_encoder, 9),
        "user_encoder": zlib.compress(bundle.user_encoder, 9),
        "head": zlib.compress(head_bytes(bundle.head), 9),
        "golden": zlib.compress(_golden_bytes(bundle.golden), 9),
        "card": zlib.compress(bundle.card.encode(), 9),
    }
    for name in OPTIONAL_MEMBERS:
        part: WarmArticles | TopicHead | WordCounts | None = getattr(bundle, name)
        if part is not None:
            members[name] = part.to_bytes()
    fields, front = asdict(bundle.manifest), bundle.manifest.front
    del fields["front"]
    write_members(path, {**fields, **({"front": front_fields(front)} if front else {})}, members)


def write_members(path: Path, manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    """The container alone: hashes and joins members without looking into them."""
    entries = {n: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for n, data in members.items()}
    fields = {**manifest, "members": entries}
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(_HEADER.size + len(text)) % _ALIGNMENT)
    header = _HEADER.pack(MAGIC, FORMAT_VERSION, len(text), hashlib.sha256(text).digest())
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(b"".join([header, text, *members.values()]))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def read_bundle(path: Path) -> Bundle:
    """Open a bundle and check every part against its manifest.

    The token table stays where it lies, memory-mapped; the models are inflated from the very bytes that were hashed.

    Raises:
        BundleError: Not a bundle, damaged, or one that a newer release than this wants.
    """
    data = _map_file(path)
    text, members = _split(path, data)
    raw = _parse_manifest(path, text)
    _check_release(path, raw)  # first: what else is strange about a newer bundle follows from that
    entries = raw.pop("members", None)
    _check_members(path, members, entries, len(data))
    manifest = _manifest_from(path, raw)
    views = _member_views(path, data, members, entries)

    def parsed(name: str, parse: Any) -> Any:
        if name not in views:
            return None
        try:
            return parse(views[name])
        except (ValueError, TypeError, KeyError, RecursionError, zlib.error) as error:
            raise BundleError(f"{path}: member {name} does not fit the manifest: {error}", Remedy.GET_BUNDLE) from error

    num_topics = len(manifest.topics)
    rows = manifest.num_tokens, manifest.token_dim
    table = parsed("token_table", lambda view: table_from_bytes(view, *rows, manifest.table))
    pieces = parsed("vocabulary", lambda view: unpack_pieces(bytes(view), manifest.num_tokens, _MAX_MEMBER_BYTES))
    if len(pieces) != manifest.num_tokens:
        raise BundleError(
            f"{path}: member vocabulary has {len(pieces)} pieces, manifest promises {manifest.num_tokens}",
            Remedy.GET_BUNDLE,
        )
    return Bundle(
        manifest=manifest,
        token_table=table,
        pieces=pieces,
        article_encoder=parsed("article_encoder", _inflate),
        user_encoder=parsed("user_encoder", _inflate),
        head=parsed("head", lambda view: head_from_bytes(_inflate(view), num_topics, manifest.dim)),
        golden=parsed("golden", lambda view: _golden_from_bytes(_inflate(view), manifest.dim)),
        card=parsed("card", lambda view: _inflate(view).decode()),
        sha256=hashlib.sha256(text).hexdigest(),
        size_bytes=len(data),
        member_bytes={name: len(view) for name, view in views.items()},
        warm_articles=parsed("warm_articles", warm_articles_from_bytes),
        topic_head=parsed("topic_head", lambda view: topic_head_from_bytes(view, num_topics - 1, manifest.token_dim)),
        word_counts=parsed("word_counts", lambda view: word_counts_from_bytes(view, manifest.num_tokens)),
    )


def _inflate(data: memoryview) -> bytes:
    """A deflated member, never more than a member may be."""
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(data, _MAX_MEMBER_BYTES)
    if not inflater.eof or inflater.unused_data:
        raise ValueError(f"its deflated data is cut short, followed by other data, or above {_MAX_MEMBER_BYTES} bytes")
    return inflated


def _map_file(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEADER.size:
                raise BundleError(f"{path}: {size} bytes are too few for a bundle", Remedy.GET_BUNDLE)
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError as error:
        raise BundleError(f"{path}: no such bundle", Remedy.BUNDLE_FILE) from error
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read as a bundle: {error}") from error


def _split(path: Path, data: memoryview) -> tuple[bytes, int]:
    """The manifest's checked bytes and where the members begin."""
    magic, version, manifest_bytes, digest = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise BundleError(f"{path}: the header does not begin like a bundle", Remedy.GET_BUNDLE)
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{path}: the header says format {version}, this runtime reads up to {FORMAT_VERSION}", Remedy.UPDATE
        )
    if version < FORMAT_VERSION:
        raise BundleError(
            f"{path}: the header says format {version}, which this runtime no longer reads", Remedy.GET_BUNDLE
        )
    if manifest_bytes > _MAX_MANIFEST_BYTES or _HEADER.size + manifest_bytes > len(data):
        raise BundleError(f"{path}: the header promises a manifest of {manifest_bytes} bytes", Remedy.GET_BUNDLE)
    text = bytes(data[_HEADER.size : _HEADER.size + manifest_bytes])
    if hashlib.sha256(text).digest() != digest:
        raise BundleError(f"{path}: the manifest does not have the SHA-256 that the header gives", Remedy.GET_BUNDLE)
    return text, _HEADER.size + manifest_bytes


def _parse_manifest(path: Path, text: bytes) -> Json:
    try:
        return parse_object(text.decode())
    except ValueError as error:
        raise BundleError(f"{path}: the manifest cannot be read: {error}", Remedy.GET_BUNDLE) from error


def _check_release(path: Path, raw: Mapping[str, Any]) -> None:
    wanted = raw.get("min_runtime")
    try:
        is_older = release_order(__version__) < release_order(str(wanted))
    except ValueError as error:
        raise BundleError(f"{path}: manifest field min_runtime: {error}", Remedy.GET_BUNDLE) from error
    if is_older:
        raise BundleError(f"{path}: it wants release {wanted} or newer, this is {__version__}", Remedy.UPDATE)


def _present(entries: Any) -> tuple[str, ...]:
    """The members that a bundle has, in their order."""
    return (*MEMBERS, *(name for name in OPTIONAL_MEMBERS if name in entries))


def _check_members(path: Path, start: int, entries: Any, file_bytes: int) -> None:
    """Names, sizes and their sum; nothing is read yet."""
    if not isinstance(entries, dict):
        raise BundleError(f"{path}: the manifest lists no members", Remedy.GET_BUNDLE)
    for name in MEMBERS:
        if name not in entries:
            raise BundleError(f"{path}: member {name} is missing", Remedy.GET_BUNDLE)
    for name in _present(entries):
        entry = entries[name]
        size = entry.get("size") if isinstance(entry, dict) else None
        if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= _MAX_MEMBER_BYTES:
            raise BundleError(
                f"{path}: member {name} has size {size!r}, allowed are 1 to {_MAX_MEMBER_BYTES}", Remedy.GET_BUNDLE
            )
    for name in entries:
        if name not in (*MEMBERS, *OPTIONAL_MEMBERS):
            raise BundleError(f"{path}: member {name} is not part of format {FORMAT_VERSION}", Remedy.UPDATE)
    end = start + sum(entries[name]["size"] for name in _present(entries))
    if end != file_bytes:
        fault = "truncated" if file_bytes < end else "longer than that"
        raise BundleError(
            f"{path}: the members end at byte {end}, but the file is {fault} ({file_bytes})", Remedy.GET_BUNDLE
        )


def _member_views(path: Path, data: memoryview, start: int, entries: Any) -> dict[str, memoryview]:
    views = {}
    for name in _present(entries):
        view = data[start : start + entries[name]["size"]]
        if hashlib.sha256(view).hexdigest() != entries[name].get("sha256"):
            raise BundleError(
                f"{path}: member {name} does not have the SHA-256 that the manifest gives", Remedy.GET_BUNDLE
            )
        views[name] = view
        start += len(view)
    return views


def _manifest_from(path: Path, raw: Json) -> Manifest:
    def field(name: str, kind: type) -> Any:
        value = raw.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BundleError(
                f"{path}: manifest field {name} is {value!r}, not of type {kind.__name__}", Remedy.GET_BUNDLE
            )
        return value

    def count(name: str, most: int) -> int:
        value: int = field(name, int)
        if not 1 <= value <= most:
            raise BundleError(f"{path}: manifest field {name} is {value}, allowed are 1 to {most}", Remedy.GET_BUNDLE)
        return value

    def words(name: str) -> tuple[str, ...]:
        values = field(name, list)
        if not all(isinstance(value, str) for value in values):
            raise BundleError(f"{path}: manifest field {name} is not a list of strings", Remedy.GET_BUNDLE)
        return tuple(values)

    dim, token_dim, num_tokens = count("dim", _MAX_DIM), count("token_dim", _MAX_DIM), count("num_tokens", _MAX_TOKENS)
    stored = field("table", dict)
    try:
        table = TableFormat(**stored)
        table.check(token_dim)
    except (TypeError, ValueError) as error:
        remedy = Remedy.GET_BUNDLE if stored.get("kind", "rows") in TABLE_KINDS else Remedy.UPDATE
        raise BundleError(f"{path}: manifest field table fits no token table: {error}", remedy) from error
    try:
        front = front_from(raw["front"]) if "front" in raw else None
    except ValueError as error:
        raise BundleError(f"{path}: manifest field front: {error}", Remedy.GET_BUNDLE) from error
    topics = words("topics")
    if not 1 <= len(topics) <= _MAX_TOPICS or topics[0] != "" or len(set(topics)) != len(topics):
        raise BundleError(f'{path}: manifest field topics must begin with "" and hold no name twice', Remedy.GET_BUNDLE)
    return Manifest(
        model_version=field("model_version", str),
        min_runtime=field("min_runtime", str),
        dim=dim,
        token_dim=token_dim,
        num_tokens=num_tokens,
        table=table,
        encoders=field("encoders", str),
        topics=topics,
        languages=words("languages"),
        history_length=count("history_length", 100_000),
        training_data=field("training_data", str),
        training_licence=field("training_licence", str),
        seed=field("seed", int),
        metrics=field("metrics", dict),
        front=front,
    )


def _golden_bytes(golden: Golden) -> bytes:
    fields = {
        "titles": golden.titles,
        "topics": golden.topics,
        "vectors": _hundredths(golden.vectors),
        "interests": _hundredths(golden.interests),
        "log_weights": _hundredths(golden.log_weights),
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _hundredths(values: NDArray[np.float32]) -> list[Any]:
    """Whole numbers: exact enough to tell a sick engine, and small."""
    whole: list[Any] = np.rint(values.astype(float) * 100).astype(int).tolist()
    return whole


def _golden_from_bytes(data: bytes, dim: int) -> Golden:
    fields = json.loads(data)
    titles, topics = tuple(fields["titles"]), tuple(fields["topics"])
    vectors, interests, log_weights = (
        np.array(fields[name], np.float32) / np.float32(100) for name in ("vectors", "interests", "log_weights")
    )
    shapes = (vectors.shape, interests.shape, log_weights.shape)
    if not titles or len(topics) != len(titles) or not all(isinstance(text, str) for text in titles + topics):
        raise ValueError("golden titles and topics are not lists of strings of one length")
    if shapes != ((len(titles), dim), (len(titles), dim), (len(titles),)):
        raise ValueError(f"golden outputs have shapes {shapes} for {len(titles)} titles of {dim} dimensions")
    if not all(np.isfinite(values).all() for values in (vectors, interests, log_weights)):
        raise ValueError("a golden output is not finite")
    return Golden(titles, topics, vectors, interests, log_weights)
