"""What a topic is called: the bundle's own names, and those that feeds and readers have for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge_runtime.content.compare_text import fold
from edge_runtime.errors import UnknownTopicError
from edge_runtime.sentences import Sentence

# Names that are given to one topic. Each line means the first of its names that the bundle has.
_ALIASES = (
    ("sports", "sport", "体育", "體育", "运动", "運動"),
    ("world", "world news", "international", "the worldpost", "国际", "國際", "世界"),
    ("technology", "tech", "science and technology", "科技", "技术", "技術"),
    ("science", "science and technology", "technology", "科学", "科學"),
    ("business", "finance", "money", "economy", "markets", "财经", "財經", "经济", "經濟", "金融", "商业", "商業"),
    ("us news", "u.s. news", "us", "u.s.", "usa", "national", "美国", "美國"),
    (
        *(
            "entertainment",
            "celebrity",
            "celebrities",
            "celebs",
            "showbiz",
            "movies",
            "film",
            "tv",
            "television",
            "music",
        ),
        *("娱乐", "娛樂", "明星", "影视", "影視", "电影", "電影", "音乐", "音樂"),
    ),
    ("food", "food & drink", "foodanddrink", "cooking", "recipes", "美食", "饮食", "飲食"),
    ("environment", "climate", "green", "nature", "环境", "環境", "环保", "環保", "气候", "氣候"),
    ("health", "wellness", "healthy living", "medicine", "健康", "医学", "醫學"),
    ("culture", "arts", "arts & culture", "culture & arts", "books", "文化", "艺术", "藝術"),
    ("style", "fashion", "lifestyle", "beauty", "时尚", "時尚"),
    ("politics", "political", "政治", "时政", "時政"),
    ("travel", "tourism", "旅游", "旅遊", "旅行"),
    ("crime", "犯罪", "法治"),
    ("home", "home & living", "garden", "家居"),
    ("parenting", "parents", "育儿", "育兒", "亲子", "親子"),
    ("religion", "faith", "宗教"),
    ("media", "媒体", "媒體"),
    ("comedy", "humor", "humour", "funny", "搞笑", "幽默"),
    ("society", "社会", "社會"),
    ("women", "女性"),
    ("weird news", "weird", "odd news", "oddities", "奇闻", "奇聞"),
    ("weather", "天气", "天氣"),
    ("autos", "cars", "motoring", "汽车", "汽車"),
)


def topics_by_name(topics: Sequence[str]) -> dict[str, str]:
    """Folded name -> topic, for the topics themselves and the aliases of those that the bundle has."""
    found: dict[str, str] = {}
    for line in _ALIASES:
        meant = next((name for name in line if name in topics), "")
        for name in line if meant else ():
            found.setdefault(fold(name), meant)
    return found | {fold(name): name for name in topics}


def topic_meant(name: str, topics: Sequence[str], in_use: Iterable[str]) -> str:
    """What a rule or a filter about a topic goes by: the name itself where articles have it, else what it means.

    Args:
        name: As a reader typed it.
        topics: The bundle's.
        in_use: Topics and categories that articles have.

    Returns:
        The name itself too where it means nothing that is known.
    """
    wanted = fold(name)
    return name if wanted in set(map(fold, in_use)) else topics_by_name(topics).get(wanted, name)


def topic_named(name: str, topics: Sequence[str]) -> str:
    """The bundle's topic that a name means: "science" is "science and technology" where there is no other.

    Raises:
        UnknownTopicError: It means none; the message names the nearest one, and all.
    """
    known = topics_by_name(topics)
    wanted = fold(name.strip())
    if wanted in known:
        return known[wanted]
    from difflib import get_close_matches  # loaded here: most names are known

    near = get_close_matches(wanted, known, n=1)
    facts = {"name": repr(name.strip()), "topics": ", ".join(topics)}
    if not near:
        raise UnknownTopicError(Sentence("no topic {name}; known are {topics}", **facts))
    guess = repr(known[near[0]])
    raise UnknownTopicError(Sentence("no topic {name}; did you mean {guess}? known are {topics}", guess=guess, **facts))
