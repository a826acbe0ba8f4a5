"""The command words: which words of titles the reader picks, as lists have taught, and what to forget of it."""

from __future__ import annotations

from edge_runtime.cli.argument_types import count, words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text, wrapped
from edge_runtime.types import PickedWord

NUM_WORDS = 20


def add_commands(commands: Commands) -> None:
    """Add it, with what can be done about one word."""
    summary = "the words of titles that you pick or pass over in lists"
    listed = commands.add("words", _words, summary, "words --limit 50")
    help_text = f"how many of each ({NUM_WORDS}); --json has all"
    listed.add_argument("--limit", type=count, default=NUM_WORDS, metavar="N", help=help_text)
    actions = listed.add_subparsers(metavar="drop|keep", title="action")
    drop = commands.under(actions, "drop", _drop, "let your lists teach nothing of a word", "words drop pandemic")
    keep = commands.under(actions, "keep", _keep, "take back that a word was dropped", "words keep pandemic")
    for parser in (drop, keep):
        parser.add_argument("word", type=words)


def _words(call: Call) -> None:
    with call.open() as reader:
        found, dropped = reader.words(call.now), reader.dropped_words()
    fields = [{"word": one.word, "weight": one.weight, "opened": one.opened, "shown": one.shown} for one in found]
    picked = [one for one in found if one.weight > 0][: call.options.limit]
    passed = [one for one in found[::-1] if one.weight < 0][: call.options.limit]
    lines: list[str] = []
    for heading, some in (("what you pick", picked), ("what you pass over", passed)):
        if some:
            lines += [
                "",
                call.screen.bold(heading),
                *(line for one in some for line in word_lines(one, call.screen.width)),
            ]
    if dropped:
        lines += ["", *call.screen.paragraph(f"dropped: {', '.join(map(clean_text, dropped))}")]
    lines = lines[1:] or ["your lists have taught nothing of words yet"]
    call.screen.show_long({"words": fields, "dropped": list(dropped)}, lines)


def word_lines(one: PickedWord, width: int) -> list[str]:
    """A word with its weight, in columns where they fit."""
    word, times = clean_text(one.word), f"picked {one.opened} of {one.shown}"
    line = f"{one.weight:+8.2f}  {word:20}  {times}"
    return [line] if len(line) <= width else wrapped(f"{one.weight:+.2f} {word}, {times}", width)


def _drop(call: Call) -> None:
    with call.open() as reader:
        try:
            word = reader.drop_word(call.options.word)
        except ValueError as error:
            call.refuse(str(error))
    said = f"dropped: {word}; `edge-news words keep {word}` takes it back"
    call.screen.show({"dropped": word}, call.screen.paragraph(said))


def _keep(call: Call) -> None:
    with call.open() as reader:
        try:
            word = reader.keep_word(call.options.word)
        except ValueError as error:
            call.refuse(str(error))
    call.screen.show({"kept": word}, call.screen.paragraph(f"your lists teach of it again: {word}"))
