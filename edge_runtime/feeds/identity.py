"""What makes two items of feeds the same article: an id that outlives tracking parameters and new GUIDs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from edge_runtime.addresses import ascii_host

MAX_URL_CHARS = 4000
_MAX_PARAMETERS = 50  # more are compared as they stand

_TRACKING = re.compile(
    r"(?:utm_|hsa_|ns_|at_|_hs|wt[._]|vero_|oly_|stm_).*"
    r"|(?:pk|mtm|piwik|matomo)_(?:campaign|kwd|keyword|source|medium|content|cid|group|placement)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_cid|mc_eid|mkt_tok"
    r"|ref_?src|ref_?url|referrer|referer|ref_?source|xtor|xtref|ncid|ocid|icid|intcid|cmp|cmpid|cmp_id|campaign_?id"
    r"|partner|emc|smid|smtyp|feedtype|feedname|ito|wtmc|mbid|spm|guccounter|guce_referrer|guce_referrer_sig|soc_src"
    r"|soc_trk|sr_share|traffic_source|__twitter_impression|taid|s_cid|trk|trkcampaign|maca|kwp_0|amp"
)
_REF = re.compile(r"ref|source|src|from|via|mod|output_?type|share|medium|campaign")
# What such a parameter says when it is about the way here, not about the article.
_WAY_HERE = re.compile(r"(?:rss|feed|atom|amp|twitter|facebook|fb|tw|newsletter|email|social|app|home(?:page)?)\b.*")
# "m.example.org", but not "m.co.uk".
_MOBILE = re.compile(r"(?:(?:www|m|mobile|amp)\.)+(?!(?:ac|co|com|edu|gov|ne|net|or|org)\.[a-z]{2}$)(?=[^.]+\.[^.])")
_AROUND_HOST = re.compile(r"^[\s.]+|[\s.]+$")  # a dot at the end is the name itself, a space a mistake
_AMP = re.compile(r"(?:[/.]amp(?:\.html)?/*)+$")
_IGNORED_IN_URLS = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def web_url(link: str, base: str) -> str:
    """An absolute http(s) address, or an empty string where the link is none (`javascript:`, `data:`, a file)."""
    link = _IGNORED_IN_URLS.sub("", link).strip().replace("&amp;", "&")  # escaped once too often
    if not link or len(link) > MAX_URL_CHARS:
        return ""
    try:
        joined = urljoin(base, link)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # what no host or port can be
        return ""
    if not usable or len(joined) > MAX_URL_CHARS or re.search(r"[\s<>\"\\]", parts.netloc):
        return ""
    lowered = parts.scheme + joined[len(parts.scheme) :]
    return re.sub(r"[\s<>\"]", lambda char: quote(char.group()), lowered)


def canonical_url(url: str) -> str:
    """The form of an http(s) address by which articles are told apart; to compare, not to open.

    http is https, "www.", "m." and "amp." are the site itself, and default port, user, fragment, tracking parameters,
    AMP suffix, the order of parameters and a trailing slash do not count. An address that is no http(s) one comes
    back as it is.
    """
    try:
        parts = urlsplit(_IGNORED_IN_URLS.sub("", url).strip())
        host, port = _host(parts), parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host:
        return url
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape")
    path = _without_amp(path.rstrip("/"))
    query = _canonical_query(parts.query)
    return f"https://{host}{path}{'?' + query if query else ''}"


def article_id(*identity: str) -> str:
    """24 hexadecimal digits that stand for what an article is known by."""
    joined = "\0".join(identity).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Identity:
    """What one item of a feed can be known by; empty where the item does not say."""

    url: str
    guid: str
    title: str
    abstract: str


def identify_items(items: Sequence[Identity], feed_url: str, site: str) -> list[str]:
    """An id for each item; the same id only for equal ones.

    An item is known by its address, which survives new GUIDs; so items with one address, title and text are equal
    whatever their GUIDs. Where an item with another title or text has the same address, or it is that of the site
    itself, the GUID decides, then the title, then the text.
    """
    homes = {canonical_url(feed_url), canonical_url(site)}
    scope = canonical_url(feed_url)  # a GUID or title alone means nothing in another feed
    urls = [canonical_url(item.url) if item.url else "" for item in items]
    contents: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for item, url in zip(items, urls, strict=True):
        contents[url].add((item.title, item.abstract))
    ladders = []
    for item, url in zip(items, urls, strict=True):
        has_page = url not in homes and url != ""
        guid = "" if has_page and len(contents[url]) == 1 else item.guid
        ladders.append(
            (
                ("url", url) if has_page else (),
                ("guid", scope, url, guid) if guid else (),
                ("title", scope, url, item.title) if item.title else (),
                ("all", scope, url, guid, item.title, item.abstract),
            )
        )
    counts = Counter(step for ladder in dict.fromkeys(ladders) for step in ladder)
    return [article_id(*next(step for step in ladder if step and counts[step] == 1)) for ladder in ladders]


def _host(parts: SplitResult) -> str:
    host = _AROUND_HOST.sub("", parts.hostname or "")
    with suppress(UnicodeError):  # no name can be like that: compared as it is written
        host = ascii_host(host)
    return _AROUND_HOST.sub("", host[found.end() :]) if (found := _MOBILE.match(host)) else host


def _canonical_query(query: str) -> str:
    try:
        parameters = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return query  # too many
    kept = sorted((name, value) for name, value in parameters if not _is_tracking(name.lower(), value.lower()))
    return urlencode(kept, errors="surrogateescape")


def _without_amp(path: str) -> str:
    """Without the mark of the AMP form of a page; "/topics/amp" is a page about something of that name."""
    page = _AMP.sub("", path)
    return page.rstrip("/") if re.search(r"[0-9-]", page) else path


def _is_tracking(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name):
        return True
    return bool(_REF.fullmatch(name)) and (
        _WAY_HERE.fullmatch(value) is not None or (name == "ref" and not value.isdigit())
    )
