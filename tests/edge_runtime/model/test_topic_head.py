"""The topic head: probabilities by hand, and it comes back as it was written."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from edge_runtime import BundleError, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.bundle import MEMBERS
from edge_runtime.model.topic_head import topic_head, topic_head_from_bytes


def random_head(num_topics=23, dim=64):
    rng = np.random.default_rng(0)
    return topic_head(rng.normal(size=(num_topics, dim)).astype(np.float32), rng.normal(size=num_topics))


def test_probabilities_are_the_softmax_of_weights_and_biases():
    head = topic_head(np.array([[2, 0], [0, 1]], np.float32), np.array([0, 0.5], np.float32))
    # logits of (1, 0): 2 and 0.5, of (0, 1): 0 and 1.5; each apart by 1.5
    sure = 1 / (1 + math.exp(-1.5))
    found = head.probabilities(np.eye(2, dtype=np.float32))
    assert found == approx(np.array([[sure, 1 - sure], [1 - sure, sure]]), abs=0.01)
    assert head.probabilities(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_a_head_of_23_topics_takes_1564_bytes_and_comes_back():
    head = random_head()
    data = head.to_bytes()
    assert len(data) == 23 * (64 + 2 + 2)
    again = topic_head_from_bytes(data, 23, 64)
    texts = np.random.default_rng(1).normal(size=(5, 64)).astype(np.float32)
    assert (again.probabilities(texts) == head.probabilities(texts)).all()
    assert again.probabilities(texts).sum(axis=1) == approx(1)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda data: data[:-1], "bytes"),
        (lambda data: data + b"\0\0", "bytes"),
        (lambda data: data[:10], "too few"),
        (lambda data: data[:-2] + b"\x00\x7c", "not finite"),
    ],
)
def test_a_damaged_head_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        topic_head_from_bytes(change(random_head().to_bytes()), 23, 64)


def test_a_bias_beyond_float16_is_refused():
    with pytest.raises(ValueError, match="diverged"):
        topic_head(np.ones((2, 2), np.float32), np.array([0, 1e6]))


def test_a_bundle_keeps_its_head_and_one_of_other_topics_is_refused_by_name(tmp_path):
    plain = read_bundle(DEFAULT_BUNDLE)
    shape = len(plain.manifest.topics) - 1, plain.manifest.token_dim
    write_bundle(tmp_path / "with", replace(plain, topic_head=random_head(*shape), word_counts=None))
    again = read_bundle(tmp_path / "with")
    assert tuple(again.member_bytes)[: len(MEMBERS)] == MEMBERS and "topic_head" in again.member_bytes
    assert again.topic_head.to_bytes() == random_head(*shape).to_bytes()
    write_bundle(tmp_path / "odd", replace(plain, topic_head=random_head(shape[0] + 1, shape[1])))
    with pytest.raises(BundleError, match="member topic_head does not fit"):
        read_bundle(tmp_path / "odd")
