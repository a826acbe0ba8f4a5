"""A deed that is told twice."""

from __future__ import annotations

from http import HTTPStatus

from edge_runtime.web.told_deeds import MOST


def test_a_deed_that_is_told_again_counts_once_and_one_without_a_mark_each_time(visitor, desk):
    visitor.get("/")
    story, opened = visitor.first(), {"do": "open"}

    def opens():
        return len(desk.reading.reader.profile().events)

    assert visitor.ask("POST", story, opened, x_deed="one").status == HTTPStatus.OK
    assert visitor.ask("POST", story, opened, x_deed="one").status == HTTPStatus.NO_CONTENT
    assert opens() == 1
    visitor.ask("POST", story, opened, x_deed="two")
    visitor.ask("POST", story, opened, x_deed="")
    visitor.ask("POST", story, opened)
    assert opens() == 4


def test_a_deed_that_failed_may_be_told_again(visitor):
    gone = visitor.ask("POST", "/a/nowhere", {"do": "like"}, x_deed="one")
    assert gone.status == HTTPStatus.NOT_FOUND
    assert visitor.ask("POST", "/a/nowhere", {"do": "like"}, x_deed="one").status == HTTPStatus.NOT_FOUND


def test_marks_of_long_ago_are_forgotten_and_long_ones_are_cut(visitor):
    for number in range(MOST + 1):
        visitor.ask("POST", "/shown", {"ids": ""}, x_deed=f"{number}")
    statuses = [visitor.ask("POST", "/shown", {"ids": ""}, x_deed=mark).status for mark in ("0", "1000")]
    assert statuses == [HTTPStatus.OK, HTTPStatus.NO_CONTENT]
    assert visitor.ask("POST", "/shown", {"ids": ""}, x_deed="long" * 100).status == HTTPStatus.OK
    assert visitor.ask("POST", "/shown", {"ids": ""}, x_deed="long" * 16).status == HTTPStatus.NO_CONTENT
