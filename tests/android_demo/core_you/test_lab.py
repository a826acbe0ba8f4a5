"""The model lab: timings, other ways to rank, another model."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest

from android_demo.core.bundles import bring_back, can_bring_back, install
from android_demo.core.comparing import compared
from android_demo.core.pages.lab import lab_page, quality_facts, speed_facts
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


def test_the_samples_carry_no_counts_so_nothing_moves_without_them(session, past, now, tmp_path):
    facts = {fact.words: fact.value for fact in lab_page(session, now, tmp_path, compares=True).comparison}
    assert facts["int8, without counts"].startswith("0 of the first 20 places change")
    assert facts["float, with counts"].endswith(" stories in both")
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
