"""Which articles could be sent at all: one a story, past every gate of `gates.ARTICLE_GATES`."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.notify.gates import ARTICLE_GATES, Known, Moment
from edge_runtime.notify.types import PushCandidate
from edge_runtime.sentences import Sentence
from edge_runtime.types import SentPush


def sift(
    candidates: Sequence[PushCandidate], log: Sequence[SentPush], moment: Moment
) -> tuple[dict[str, str], list[PushCandidate]]:
    """Ask the gates about every article; an id given twice is one article.

    Returns:
        Verdicts on what will not be sent at any hour, and the likeliest article of each other story, likeliest first.
    """
    known = _known(candidates, log)
    verdicts: dict[str, str] = {}
    for one in sorted(candidates, key=lambda one: (-one.probability, one.article.article_id)):
        article_id = one.article.article_id
        passed = known.passed.get(one.story)
        if article_id in verdicts or (passed and passed.article.article_id == article_id):
            continue
        why_not = next(filter(None, (gate(one, known, moment) for gate in ARTICLE_GATES)), "")
        if why_not:
            verdicts[article_id] = Sentence("not sent: {why}", why=why_not)
        else:
            known.passed[one.story] = one
    return verdicts, list(known.passed.values())


def _known(candidates: Sequence[PushCandidate], log: Sequence[SentPush]) -> Known:
    read = {one.article.article_id for one in candidates if one.is_read}
    sent = {name: push for push in log for name in (push.article_id, push.story)}
    # A story may be named anew when articles join it; the articles of it that were sent tell.
    sent |= {one.story: sent[one.article.article_id] for one in candidates if one.article.article_id in sent}
    return Known(
        read=read,
        read_stories={one.story for one in candidates if one.article.article_id in read},
        hidden={one.article.article_id: one.hidden for one in candidates if one.hidden},
        sent=sent,
        titles={one.article.article_id: one.article.title for one in candidates},
    )
