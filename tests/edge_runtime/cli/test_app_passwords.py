"""Passwords for reader apps on the command line."""

from __future__ import annotations


def test_a_password_is_shown_once_listed_and_taken_back(edge_news):
    assert "No app has a password." in edge_news.text("serve", "--app-passwords")
    said = edge_news.text("serve", "--app-password", "phone")
    assert "user name: phone" in said and "password: " in said
    made = edge_news.json("serve", "--app-password", "tablet")
    assert len(made["password"].replace("-", "")) == 24
    assert [app["name"] for app in made["apps"]] == ["phone", "tablet"]
    assert made["password"] not in edge_news.text("serve", "--app-passwords")
    assert edge_news.json("serve", "--revoke-app", "phone")["apps"] == [
        {"name": "tablet", "since": "2026-11-24T12:00:00+00:00"}
    ]
    edge_news.text("serve", "--revoke-app", "phone", status=1)
    assert "phone" in edge_news.err and "tablet" in edge_news.err
    assert "such as phone" in edge_news.refused("serve", "--app-password", " ")
