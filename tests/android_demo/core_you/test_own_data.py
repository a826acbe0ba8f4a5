"""The profile out of the app, in again, and erased."""

import json
import stat

import pytest

from android_demo.core.own_data import erase, export_to, import_from, offer_of
from android_demo.core.pages.own_data import own_data_page, proof_facts
from edge_runtime import ProfileFileError, Wording


def test_what_was_erased_is_proved_by_the_bytes(session, past):
    proof = erase(session)
    assert proof.before.events == 5 and proof.after.events == 0
    assert proof.probes == proof.before.titles == 5  # every title stood in the bytes
    assert proof.after.titles == 0
    assert 0 < proof.after.size_bytes <= proof.before.size_bytes
    facts = proof_facts(proof, Wording())
    assert facts[0].value == "5, now 0" and facts[-1].value == "5, now 0"
    assert "Requests counted" in [fact.words for fact in facts]


def test_everything_is_the_stories_too(session, past):
    erase(session, everything=True)
    assert session.reader.latest(1) == []


def test_what_is_exported_comes_back(session, past, now, tmp_path):
    path = export_to(session, tmp_path / "out", now)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = session.reader.export_profile()
    erase(session)
    assert "5 things you did" in offer_of(session, path).words
    assert session.reader.profile().events == ()  # looking takes nothing in
    import_from(session, path)
    assert session.reader.export_profile() == before
    assert [row.path for row in own_data_page(session, now, tmp_path / "out").files] == [path]


@pytest.mark.parametrize("content", [b"\x00", b"{}", b'{"format": "edge-news-profile", "version": 99}'])
def test_a_file_that_is_none_is_refused_and_leaves_the_profile(session, past, tmp_path, content):
    path = tmp_path / "file.json"
    path.write_bytes(content)
    for call in (offer_of, import_from):
        with pytest.raises(ProfileFileError):
            call(session, path)
    assert len(session.reader.profile().events) == 5
    with pytest.raises(ProfileFileError):
        offer_of(session, tmp_path / "nowhere.json")


def test_what_cannot_be_written_is_told(session, now, tmp_path):
    from edge_runtime import StorageError

    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        export_to(session, tmp_path / "file" / "folder", now)


def test_the_exported_file_is_the_documented_one(session, past, now, tmp_path):
    document = json.loads(export_to(session, tmp_path, now).read_text(encoding="utf-8"))
    assert document["format"] == "edge-news-profile" and len(document["events"]) == 5
