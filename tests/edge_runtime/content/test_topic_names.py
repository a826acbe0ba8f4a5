from __future__ import annotations

import pytest

from edge_runtime import UnknownTopicError
from edge_runtime.content.topic_names import topic_meant, topic_named

TOPICS = ["food", "science and technology", "entertainment"]


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        *[("food", "food"), (" FOOD ", "food"), ("tech", TOPICS[1]), ("science", TOPICS[1]), ("celebrity", TOPICS[2])],
        *[("美食", "food"), ("科技", TOPICS[1]), ("科学", TOPICS[1]), ("科學", TOPICS[1]), ("娱乐", TOPICS[2])],
    ],
)
def test_a_topic_has_many_names(name, topic):
    assert topic_named(name, TOPICS) == topic


def test_a_typing_mistake_is_guessed_and_what_is_far_off_is_not():
    with pytest.raises(UnknownTopicError, match=r"no topic 'foood'; did you mean 'food'\? known are food, science"):
        topic_named("foood", TOPICS)
    for name in ("curling", ""):
        with pytest.raises(UnknownTopicError, match="; known are"):
            topic_named(name, TOPICS)


def test_a_name_that_articles_have_means_itself_and_another_what_it_is_a_name_of():
    assert topic_meant("TV", TOPICS, ["tv"]) == "TV"
    assert topic_meant("TV", TOPICS, ["film"]) == TOPICS[2]
    assert topic_meant("体育", TOPICS, []) == "体育"  # no topic of this bundle
