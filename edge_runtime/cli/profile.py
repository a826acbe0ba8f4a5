"""Commands about what is known of the reader: topics, profile, undo, private, export, import, erase."""

from __future__ import annotations

import sys

from edge_runtime.cli.argument_types import count, name, words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.documents import as_json, read_bytes, write_document
from edge_runtime.cli.printing import clean_text, local_time
from edge_runtime.cli.rules import rule_fields, rule_line
from edge_runtime.errors import UnknownEntryError
from edge_runtime.model.json_lines import Json
from edge_runtime.pages.rows import title_of
from edge_runtime.personal.selection import USUAL_VARIETY
from edge_runtime.reader import Reader
from edge_runtime.types import Event, OrderChoice, Profile, Rule, Search

NUM_EVENTS = 20
EXPORT_NAME = "edge-news-profile.json"
OF_THE_PAGES = ("web.json", "apps.json")  # what `serve` keeps: passwords, who is logged in, the feeds' secret


def add_commands(commands: Commands) -> None:
    topics = commands.add(
        "topics", _topics, "the topics you asked for; with names, ask for these", "topics food travel"
    )
    topics.add_argument("topic", nargs="*", type=words)
    topics.add_argument("--none", action="store_true", help="ask for none")
    _add_profile(commands)
    commands.add("undo", _undo, "take back the latest thing you did; again, the one before", "undo")
    private = commands.add(
        "private",
        _private,
        "on: read without a trace; nothing is recorded or learned",
        "private on",
        "Lists then show ids in the place of numbers. What was recorded before stays, and still ranks.",
    )
    private.add_argument("state", nargs="?", choices=["on", "off"], help="without it, say which it is")
    export = commands.add("export", _export, "write all that is known of you, as open JSON", f"export {EXPORT_NAME}")
    export.add_argument(
        "file", nargs="?", type=name, default="-", help="readable by you alone; without it, standard output"
    )
    taken = commands.add("import", _import, "put an exported profile in the place of this one", f"import {EXPORT_NAME}")
    taken.add_argument("file", type=name, help="- is standard input")
    taken.add_argument("--yes", action="store_true", help="do not ask")
    erase = commands.add(
        "erase",
        _erase,
        "forget you: no byte of your profile stays in the data directory",
        "erase",
        "Cached articles and feeds stay. It asks first; without a terminal it wants --yes.",
    )
    erase.add_argument("--everything", action="store_true", help="feeds and cached articles too")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _add_profile(commands: Commands) -> None:
    profile = commands.add("profile", _profile, "everything that this device knows of you", "profile --limit 100")
    help_text = f"how many of the latest things you did ({NUM_EVENTS}); --json has all"
    profile.add_argument("--limit", type=count, default=NUM_EVENTS, metavar="N", help=help_text)
    actions = profile.add_subparsers(metavar="forget", title="action")
    forget = commands.under(
        actions, "forget", _forget, "take one thing you did out of the profile", "profile forget 12"
    )
    forget.add_argument("number", type=count, help="as `edge-news profile` shows it")


def _topics(call: Call) -> None:
    with call.open() as reader:
        if call.options.topic or call.options.none:
            reader.pick_topics([] if call.options.none else call.options.topic)
        picked, known = reader.profile().picked_topics, reader.known_topics()
    lines = call.screen.paragraph(f"asked for: {', '.join(picked) or 'none'}")
    lines += call.screen.paragraph(f"known: {', '.join(known)}")
    call.screen.show({"picked": list(picked), "known": list(known)}, lines)


def _profile(call: Call) -> None:
    with call.open() as reader:
        profile, settings = reader.profile(), _settings(reader)
    facts = {
        "private": profile.private,
        "picked_topics": list(profile.picked_topics),
        "topics": dict(profile.topic_shares),
        "rules": [*map(rule_fields, profile.rules)],
        "searches": [*map(_search_fields, profile.searches)],
        "events": [*map(_event_fields, profile.events)],
        "settings": settings,
    }
    call.screen.show_long(facts, _profile_lines(call, profile, settings))


def _settings(reader: Reader) -> Json:
    """What the reader set by hand, without what is as usual."""
    settings: Json = {}
    if reader.variety != USUAL_VARIETY:
        settings["variety"] = reader.variety
    if reader.languages:
        settings["languages"] = list(reader.languages)
    if reader.order is not OrderChoice.AUTO:
        settings["order"] = reader.order.value
    if dropped := reader.dropped_words():
        settings["dropped_words"] = list(dropped)
    return settings


def _setting_line(setting: str, value: object) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else value
    return clean_text(f"{setting.replace('_', ' ')}: {said}")


def _profile_lines(call: Call, profile: Profile, settings: Json) -> list[str]:
    screen, limit = call.screen, call.options.limit
    lines = ["private mode is on: nothing is recorded"] if profile.private else []
    if profile.picked_topics:
        lines += screen.paragraph(f"asked for: {', '.join(profile.picked_topics)}")
    lines += map(rule_line, profile.rules)
    for setting, value in settings.items():
        lines += screen.paragraph(_setting_line(setting, value))
    if profile.topic_shares:
        lines += ["", screen.bold("what you read")]
        lines += [f"{share:6.0%}  {clean_text(topic)}" for topic, share in profile.topic_shares.items()]
    if profile.searches:
        lines += ["", screen.bold("what you searched, newest first")]
        lines += [
            f"{search.number:6}  {local_time(search.at)}  {clean_text(search.query)}"
            for search in profile.searches[:limit]
        ]
    if profile.events:
        lines += ["", screen.bold("what you did, newest first")]
        for event in profile.events[:limit]:
            first, *rest = screen.paragraph(title_of(event.article), 37)
            lines += [f"{event.number:6}  {local_time(event.at)}  {_signal(event):9}  {first.lstrip()}", *rest]
    more = max(len(profile.events), len(profile.searches)) - limit
    if more > 0:
        lines += ["", f"and {more} before these: `edge-news profile --limit {limit + more}`"]
    lines = lines[1:] if lines[:1] == [""] else lines
    return lines or ["the profile is empty"]


def _forget(call: Call) -> None:
    with call.open() as reader:
        # Events and searches share their numbers.
        forgotten: Event | Search
        try:
            forgotten = reader.forget_event(call.options.number)
        except UnknownEntryError as not_event:
            try:
                forgotten = reader.forget_search(call.options.number)
            except UnknownEntryError:
                raise not_event from None
    call.screen.show({"forgotten": _entry_fields(forgotten)}, call.screen.paragraph(f"forgotten: {_said(forgotten)}"))


def undo_and_say(reader: Reader) -> tuple[str, Json]:
    """Take back the latest thing that the reader did: a line about it, and the same as JSON."""
    undone = reader.undo()
    if isinstance(undone, Rule):
        is_back = any(rule == undone for rule in reader.profile().rules)
        said = f"{'again' if is_back else 'no longer'} {rule_line(undone)}"
        return said, {"rule": rule_fields(undone), "is_back": is_back}
    if isinstance(undone, tuple):
        picked = reader.profile().picked_topics
        return f"asked for, as before: {', '.join(picked) or 'none'}", {"topics": list(undone), "picked": list(picked)}
    # What `unsave`, `unhide` and `unjudge` took is there again.
    is_back = isinstance(undone, Event) and undone in reader.profile().events
    return f"{'again' if is_back else 'taken back'}: {_said(undone)}", {**_entry_fields(undone), "is_back": is_back}


def _undo(call: Call) -> None:
    with call.open() as reader:
        said, undone = undo_and_say(reader)
    call.screen.show({"undone": undone}, call.screen.paragraph(said))


def _private(call: Call) -> None:
    with call.open() as reader:
        if call.options.state:
            reader.private = call.options.state == "on"
        private = reader.private
    said = "private mode is on: nothing is recorded" if private else "private mode is off: the profile learns"
    call.screen.show({"private": private}, call.screen.paragraph(said))


def _export(call: Call) -> None:
    with call.open() as reader:
        document = reader.export_profile()
    write_document(call, call.options.file, as_json(document), _events(len(document["events"])))


def _import(call: Call) -> None:
    data = read_bytes(call.options.file)
    with call.open() as reader:
        question = "Put it in the place of your profile, which cannot be undone?"
        is_empty = _is_empty(reader.profile()) and not _settings(reader)
        if not (is_empty or _agreed(call, question)):
            call.screen.show({"imported": False}, ["nothing was imported"])
            return
        reader.import_profile(data)
        num_events = len(reader.profile().events)
    call.screen.show({"imported": True, "events": num_events}, [f"imported, with {_events(num_events)}"])


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"


def _erase(call: Call) -> None:
    everything = call.options.everything
    what = "everything you did, your feeds and all articles" if everything else "everything you did"
    if not _agreed(call, f"Forget {what}, which cannot be undone?"):
        call.screen.show({"erased": False, "everything": False}, ["nothing was erased"])
        return
    with call.open() as reader:
        if everything:
            reader.erase_everything()
        else:
            reader.erase()
        has_account = bool(reader.accounts.all())
    if everything:
        for name in OF_THE_PAGES:
            (call.data_dir / name).unlink(missing_ok=True)
    gone = (
        "the profile, the feeds, the articles and the passwords of the pages are gone"
        if everything
        else "the profile is empty; articles stay"
    )
    said = [f"{gone}; what was sent is counted anew"]
    if has_account:
        kept = (
            "The server of your account still has its marks, and the next sync brings them: `edge-news account remove`"
        )
        said += call.screen.paragraph(f"{kept} ends that.")
    call.screen.show({"erased": True, "everything": everything}, said)


def _agreed(call: Call, question: str) -> bool:
    """Ask on a terminal; elsewhere nobody can answer, so --yes must."""
    if call.options.yes:
        return True
    if not sys.stdin.isatty():
        call.refuse("this cannot be undone, and there is no terminal to ask you on: say --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _is_empty(profile: Profile) -> bool:
    return not (profile.events or profile.searches or profile.rules or profile.picked_topics)


def _said(entry: Event | Search) -> str:
    if isinstance(entry, Search):
        return f"the search “{entry.query}”"
    return f"{_signal(entry)} “{title_of(entry.article)}”"


def _signal(event: Event) -> str:
    return f"read {event.dwell_s:.0f} s" if event.dwell_s else event.signal.value


def _entry_fields(entry: Event | Search) -> Json:
    return _search_fields(entry) if isinstance(entry, Search) else _event_fields(entry)


def _search_fields(search: Search) -> Json:
    return {"number": search.number, "at": search.at.isoformat(), "query": search.query}


def _event_fields(event: Event) -> Json:
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "signal": event.signal.value,
        "dwell_s": event.dwell_s,
        "article": article_fields(event.article),
    }
