"""Where notifications go is kept for the reader alone, and goes with the profile."""

from __future__ import annotations

import stat

import pytest

from edge_runtime import Reader, StorageError
from edge_runtime.notify.channels import FILE, Channels, read_channels, write_channels

WAYS = Channels(True, ("/usr/bin/tell me", "--to", "ü"), ("ntfy://zqsecret", "json://zqsecret@host"))


def test_what_was_asked_for_comes_back_and_is_readable_by_its_owner_alone(tmp_path):
    assert read_channels(tmp_path) == Channels() and not Channels()
    write_channels(tmp_path, WAYS)
    assert read_channels(tmp_path) == WAYS and WAYS
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    write_channels(tmp_path, Channels())
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert b"zqsecret" not in (tmp_path / FILE).read_bytes()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"desktop": 1, "command": [], "services": []}', "\xff"])
def test_a_file_of_another_kind_is_refused_and_left(tmp_path, text):
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(StorageError, match=r"channels\.json: no settings of this program"):
        read_channels(tmp_path)
    assert (tmp_path / FILE).read_bytes() == text.encode("latin-1")


def test_erasing_the_profile_erases_them_and_no_export_has_them(tmp_path):
    with Reader.open(tmp_path) as reader:
        reader.channels = WAYS
        assert "zqsecret" not in str(reader.export_profile())
        reader.erase()
        assert reader.channels == Channels()
    assert not any(b"zqsecret" in path.read_bytes() for path in tmp_path.iterdir())
