"""A reader that was opened on a disk that could only be read is opened anew once it can be written."""

import pytest

from edge_runtime import EdgeError, Remedy, Signal, StorageError, SyncOptions


@pytest.fixture
def refused(session, now):
    """What a write is answered where files were opened for reading; `session` is left so."""
    session.reader._profile.store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError) as caught:
        like(session, now)
    assert caught.value.remedy is Remedy.MAKE_WRITABLE
    return caught.value


def like(session, now):
    session.record(session.reader.latest(1)[0].article_id, Signal.LIKE, now)


def test_after_that_error_alone_it_is_opened_anew(session, refused, now):
    assert not session.mend(EdgeError("the disk is full", Remedy.FREE_SPACE))
    assert session.mend(refused)
    like(session, now)


def test_not_under_a_sync_but_before_the_next_one(session, refused, now):
    run = session.begin_sync(now, SyncOptions(), lambda outcome: None)
    assert not session.mend(refused)
    session.end_sync(run)
    session.end_sync(session.begin_sync(now, SyncOptions(), lambda outcome: None))
    like(session, now)


def test_not_while_it_still_cannot_be_written(session, refused, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    before = session.reader
    assert not session.mend(refused) and session.reader is before
