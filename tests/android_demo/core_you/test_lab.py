"""The model lab: timings, other ways to rank, another model."""

import itertools
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest

from android_demo.core.bundles import bring_back, can_bring_back, install
from android_demo.core.comparing import compared
from android_demo.core.pages.lab import lab_page, quality_facts, speed_facts
from android_demo.core.pages.size_front import apart, size_front
from android_demo.core.remedies import told
from edge_runtime import BundleError, FetchError, SyncOptions, Wording, fetch_picture

BUNDLE = Path(str(files("edge_runtime"))) / "default" / "news.bundle"


def test_the_slow_end_is_that_of_the_last_rankings():
    assert [fact.value for fact in speed_facts(range(1, 101), Wording())] == ["100", "51.0 ms", "95.0 ms"]
    assert [fact.value for fact in speed_facts([], Wording())] == ["0"]


def test_every_ranking_is_timed(session, now, tmp_path):
    assert lab_page(session, now, tmp_path).speed[0].value == "0"
    assert lab_page(session, now, tmp_path, ranks=True).speed[0].value == "1"


def test_orders_are_compared_place_by_place():
    found = compared(["a", "b", "c"], ["b", "a", "c"])
    assert (found.compared, found.moved, found.overlap) == (3, 2, 3)


def test_quality_is_what_the_manifest_says():
    metrics = {"content": {"auc": {"mean": 0.5, "low": 0.4, "high": 0.6}, "impressions": 2250}, "other": 3}
    assert [fact.value for fact in quality_facts(metrics, Wording())] == [
        "0.500, surely between 0.400 and 0.600",
        "2,250",
    ]


def a_size(name, size_bytes, mean, *, is_own=False, is_unbeaten=True):
    figures = {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}
    return {"name": name, "bytes": size_bytes, **figures, "is_own": is_own, "is_unbeaten": is_unbeaten}


def test_sizes_stand_by_the_logarithm_of_their_bytes_and_by_their_quality():
    sizes = [a_size("student", 10_000, 0.5), a_size("trial-7", 1_000, 0.4), a_size("quantize", 100, 0.3, is_own=True)]
    front = size_front({"metric": "ndcg10", "impressions": 2250, "seed": 7, "points": sizes}, Wording())
    assert [point.is_own for point in front.points] == [True, False, False]
    assert [point.along for point in front.points] == pytest.approx([0, 0.5, 1])
    # The chart goes from 0.2 to 0.6.
    assert [point.low for point in front.points] == pytest.approx([0, 0.25, 0.5])
    assert [point.mean for point in front.points] == pytest.approx([0.25, 0.5, 0.75])
    assert front.points[0].words.endswith(": this model") and front.points[1].words == "trial-7"
    assert front.points[0].value == "100 bytes: 0.300 (0.200 to 0.400)"
    assert "The largest takes 100 times as many bytes." in front.about
    assert "do not tell" in front.about  # 0.2 to 0.4 and 0.4 to 0.6 meet


def test_a_larger_size_that_is_beaten_says_so():
    sizes = [a_size("one", 100, 0.8), a_size("two", 200, 0.2, is_own=True, is_unbeaten=False)]
    front = size_front({"metric": "ndcg10", "impressions": 9, "seed": 7, "points": sizes}, Wording())
    assert front.about.startswith("2 sizes were measured. Another one is no larger and ranks no worse. ")
    assert size_front(None, Wording()) is None


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0, 1.0], [0.0, 3.0, 3.001, 3.002], [float(n) for n in range(50)]])
def test_points_of_nearly_the_same_place_are_moved_apart_within_the_chart(values):
    places = apart(values)
    assert all(-1e-9 <= place <= 1 for place in places)
    assert all(later - one >= min(0.05, 1 / (len(values) - 1)) - 1e-9 for one, later in itertools.pairwise(places))


def test_the_samples_carry_no_counts_so_nothing_moves_without_them(session, past, now, tmp_path):
    facts = {fact.words: fact.value for fact in lab_page(session, now, tmp_path, compares=True).comparison}
    assert facts["Without counts"].startswith("0 of the first 20 places change")
    assert facts["Not rounded between layers; the weights stay int8"].endswith(" stories in both")
    assert facts["Stories with counts of other readers"].startswith("0 of ")


def test_a_broken_model_is_refused_and_the_one_before_stays(session, now, tmp_path):
    broken = tmp_path / "broken.bundle"
    broken.write_bytes(BUNDLE.read_bytes()[:-100])
    for path in (broken, tmp_path / "nowhere.bundle"):
        with pytest.raises(BundleError) as refused:
            install(session, path)
        assert "Install the app again" not in told(refused.value)  # it is the file's fault
    assert not can_bring_back(session)
    assert session.ranked(now, 3)


def test_a_model_is_installed_and_taken_back(session, past, now):
    install(session, BUNDLE)
    assert can_bring_back(session) and len(session.reader.profile().events) == 5
    bring_back(session)
    assert not can_bring_back(session) and session.ranked(now, 3)


@pytest.mark.server
def test_what_left_the_device_is_told_by_host(session, now, tmp_path):
    assert lab_page(session, now, tmp_path).sent == ()
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # it answers that it does not know GET
        Thread(target=server.handle_request).start()
        with pytest.raises(FetchError):
            fetch_picture(f"http://127.0.0.1:{server.server_port}/p", now, SyncOptions(allow_private=True))
    (fact,) = lab_page(session, now, tmp_path).sent
    assert fact.words == "127.0.0.1"
    assert fact.value.startswith("one request · ") and " bytes sent · " in fact.value
