"""Addresses of articles: which ones can be opened, and which ones name one page."""

from __future__ import annotations

import functools
import hashlib
import re
from contextlib import suppress
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
# One visit's number: by the names of programs for sites always, by others only what looks like one.
_SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid[a-z]*|cfid|cftoken|zenid|osclid|oscsid")
_PERHAPS_SESSION = re.compile(r"s|sid|session(?:_?id|key)?|sessid")
_SESSION_NUMBER = re.compile(r"[0-9a-f]{16,}|[0-9a-z]{26,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_WAY_IN_FRAGMENT = re.compile(
    r"(?:xtor|utm_\w+|at_\w+|ref|source|from|via|rss|feed|mtm_\w+|pk_\w+)(?:=|$)|:~:", re.IGNORECASE
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


@functools.lru_cache(maxsize=4096)  # of one address it is asked about ten times as an item is taken in
def canonical_url(url: str) -> str:
    """The form of an http(s) address by which articles are told apart; to compare, not to open.

    http is https, "www.", "m." and "amp." are the site itself, and default port, user, fragment, tracking parameters,
    session numbers, AMP suffix, the order of parameters and a trailing slash do not count. An address that is no
    http(s) one comes back as it is.
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
    path = _without_amp(_PATH_SESSION.sub("", path).rstrip("/"))
    query = _canonical_query(parts.query)
    return f"https://{host}{path}{'?' + query if query else ''}"


def article_id(*identity: str) -> str:
    """24 hexadecimal digits that stand for what an article is known by."""
    joined = "\0".join(identity).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:24]


def compared_link(url: str) -> str:
    """`canonical_url` with the fragment, which may be all that tells two articles of one page apart."""
    canonical = canonical_url(url)
    fragment = _IGNORED_IN_URLS.sub("", url).strip().partition("#")[2]
    return f"{canonical}#{fragment}" if fragment and not _WAY_IN_FRAGMENT.match(fragment) else canonical


def is_home(url: str, feed_url: str, site: str) -> bool:
    """Whether an address is the root of a host, the feed's own or its site's: of an article it says nothing."""
    parts = urlsplit(canonical_url(url))
    if not parts.path.strip("/") and not parts.query and "#" not in compared_link(url):
        return True
    return compared_link(url) in {canonical_url(feed_url), canonical_url(site)}


def page_path(link: str) -> str:
    """The path of a canonical address: what stays if only host or parameters change."""
    return urlsplit(link).path


def is_of_site(url: str, site: str) -> bool:
    """Whether an address lies on a site's host, above it or below it."""
    hosts = [urlsplit(canonical_url(one)).hostname or "" for one in (url, site)]
    one, other = sorted(hosts, key=len)
    return one == other != "" or (one.count(".") > 0 and other.endswith(f".{one}"))


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
    if _SESSION.fullmatch(name) or (_TRACKING.fullmatch(name) and name not in ("at_id", "ns_id")):
        return True
    if _PERHAPS_SESSION.fullmatch(name) and _SESSION_NUMBER.fullmatch(value):
        return True
    return bool(_REF.fullmatch(name)) and (
        _WAY_HERE.fullmatch(value) is not None or (name == "ref" and not any(map(str.isdecimal, value)))
    )
