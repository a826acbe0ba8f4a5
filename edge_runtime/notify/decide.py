"""Whether to disturb the reader now, with what, and why not: a pure function of its inputs.

One decision gives nothing, one notification (or `at_once`), or one digest. The caller keeps the log of what was sent;
docs/push.md says what it has to hand in and store, and why a wrong clock causes no storm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from edge_runtime.notify.digest import Digest, due_digest
from edge_runtime.notify.gates import Moment, Wait, notification_times, num_today, wait_for
from edge_runtime.notify.sift import sift
from edge_runtime.notify.texts import digest_title
from edge_runtime.notify.times import clock_jump_s, is_plausible, is_quiet, next_local
from edge_runtime.notify.types import PushCandidate, PushDecision, PushHistory, PushSettings, require_zone
from edge_runtime.sentences import Sentence
from edge_runtime.types import SentPush

FLOOR = datetime(2026, 11, 1, tzinfo=UTC)  # older than this code no clock can be


def decide(
    candidates: Sequence[PushCandidate],
    history: PushHistory,
    now: datetime,
    zone: tzinfo,
    settings: PushSettings,
    floor: datetime = FLOOR,
) -> PushDecision:
    """Choose what is sent now.

    Args:
        candidates: Cached articles, in any order; an id given twice is one article.
        history: What was sent, when, and when news was fetched.
        now: UTC-aware, as the device's clock says.
        zone: Where the reader is now.
        settings: The reader's.
        floor: A time that is surely past, as the newest signed timestamp seen.

    Raises:
        ValueError: A time without a zone.
    """
    require_zone("now", now)
    require_zone("floor", floor)
    if not is_plausible(now, floor):
        why = Sentence("not sent: the clock says {date}, which cannot be; set it", date=now.date())
        return PushDecision({one.article.article_id: why for one in candidates}, settled=False)

    sent, last_run, elapsed_s = history.sent, history.last_run, history.elapsed_s
    run = max((push.at for push in sent), default=now) if last_run is None else last_run
    jump_s = clock_jump_s(now, run, None if last_run is None else elapsed_s)
    moment = Moment(now, zone, settings, notification_times(sent, jump_s, now, settings.at_once))
    verdicts, stories = sift(candidates, sent, moment)
    likely = [one for one in stories if one.probability >= settings.threshold]
    away = now - run if elapsed_s is None else timedelta(seconds=elapsed_s)
    look = _Look(moment, verdicts, stories, likely, due_digest(stories, likely, history, away, moment), jump_s)
    if wait := wait_for(moment) or (look.digest and look.digest.fetch):
        return _held(look, wait, is_in_doubt=elapsed_s is None and jump_s != 0)
    return _chosen(look)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the candidates found."""

    moment: Moment
    verdicts: dict[str, str]  # on what will not be sent at any hour
    stories: Sequence[PushCandidate]  # one article a story, likeliest first
    likely: Sequence[PushCandidate]  # those above the threshold
    digest: Digest | None  # that is due
    jump_s: int


def _held(look: _Look, wait: Wait, *, is_in_doubt: bool) -> PushDecision:
    """Nothing goes now; a digest that is due waits, so its time is not spent."""
    moment, settings = look.moment, look.moment.settings
    digest = look.digest or Digest()
    # After a leap that no clock explains, ages grow only from a settled decision on.
    must_settle = is_in_doubt and not is_quiet(moment.now, moment.zone, settings.quiet_hours)
    is_waiting = bool(digest.fetch) or (bool(digest.named) and not must_settle)
    settled = not settings.daily_cap or not is_waiting
    looks = [wait.until] if digest.named or look.likely else []
    return PushDecision(
        look.verdicts | {one.article.article_id: _verdict(one, settings, wait.why) for one in look.stories},
        clock_jump_s=look.jump_s if settled else 0,  # it is found anew from the last run that stays
        settled=settled,
        next_at=_next_look(looks, moment),
    )


def _chosen(look: _Look) -> PushDecision:
    """What goes now: the digest that is due, or the likeliest one by one."""
    moment, settings = look.moment, look.moment.settings
    digest = look.digest or Digest()
    room = settings.daily_cap - num_today(moment)
    send = [] if digest.named else look.likely[: min(settings.at_once, room)]
    gone = send or digest.covered
    verdicts = {one.article.article_id: _verdict(one, settings, Sentence("another goes first")) for one in look.stories}
    verdicts |= {
        one.article.article_id: Sentence("in the digest: {chance}", chance=_chance(one)) for one in digest.covered
    }
    verdicts |= {one.article.article_id: Sentence("sent: {chance}", chance=_chance(one)) for one in send}
    num_sent = len(send) or bool(digest.named)
    after = wait_for(replace(moment, gone=[*moment.gone, *[moment.now] * num_sent]))
    is_left = any(one not in gone for one in look.likely)
    looks = [after.until if after else moment.now] if is_left else []
    return PushDecision(
        look.verdicts | verdicts,
        tuple(send),
        tuple(digest.named),
        tuple(SentPush(one.article.article_id, one.story, one.probability, moment.now) for one in gone),
        look.jump_s,
        digest_title=_title(look, len(digest.named)) if digest.named else "",
        next_at=_next_look(looks, moment),
    )


def _title(look: _Look, num_named: int) -> str:
    moment = look.moment
    since = moment.now - timedelta(hours=moment.settings.max_age_h)
    return digest_title(num_named, len(look.stories), since, moment.now, moment.zone)


def _verdict(one: PushCandidate, settings: PushSettings, waits: str) -> str:
    if one.probability < settings.threshold:
        least = f"{100 * settings.threshold:.3g}"
        return Sentence("not sent: {chance}, less than {least} %", chance=_chance(one), least=least)
    return Sentence("not sent: {why}", why=waits)


def _chance(one: PushCandidate) -> str:
    return Sentence("{percent} % likely to be opened", percent=f"{100 * one.probability:.3g}")


def _next_look(looks: Sequence[datetime | None], moment: Moment) -> datetime | None:
    known = [look for look in looks if look is not None]
    if moment.settings.digest_times and moment.settings.daily_cap:
        known.append(next_local(moment.now, moment.zone, moment.settings.digest_times))
    return min(known, default=None)
