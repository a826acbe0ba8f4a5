"""The packaged units: systemd finds no fault with them, they are closed as they promise, and a user's manager runs
them. Whatever systemd cannot do on this machine is skipped and says so."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_runtime.errors import StorageError
from edge_runtime.systemd.units import PACKAGED, UNITS, this_command, write_units

REPOSITORY = Path(__file__).parents[2]
SERVICES = ("edge-news-sync.service", "edge-news-push.service", "edge-news-digest.service")
CATCH_UP = "edge-news-catch-up.service"  # started by two of the others, where a fetch was missed
PAGES = "edge-news-serve.service"  # which goes on, while the others end
TIMERS = ("edge-news-sync.timer", "edge-news-push.timer", "edge-news-digest.timer")
WITHOUT_NETWORK = SERVICES[1:]
PROBE = """
import socket, sys
from pathlib import Path
def can(do):
    try:
        do()
    except OSError:
        return "no"
    return "yes"
home = Path("/home/reader")
print("socket", can(lambda: socket.socket(socket.AF_INET)))
print("interfaces", sorted(name for _, name in socket.if_nameindex()) if len(sys.argv) > 1 else "-")
print("home", can(lambda: (home / "note").write_text("x")))
print("data", can(lambda: (home / ".local/share/edge-news/note").write_text("x")))
print("key", can(lambda: (home / ".ssh/key").read_text()))
"""


def settings(unit: str) -> dict[str, list[str]]:
    """What a service sets, with what all services share; a name may be set more than once."""
    texts = [PACKAGED / unit, *PACKAGED.glob("edge-news-.service.d/*.conf")]
    found: dict[str, list[str]] = {}
    for line in "\n".join(path.read_text() for path in texts).splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(*arguments: str, home: Path) -> str:
    """What `systemd-analyze` has to say, both outputs together."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    environment.pop("XDG_CONFIG_HOME", None)
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def install(home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home)}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "edge_runtime.systemd", *more]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=REPOSITORY, timeout=60)


def test_the_package_has_services_timers_and_what_the_services_share():
    assert {unit.name for unit in UNITS} == {*SERVICES, CATCH_UP, PAGES, *TIMERS, "limits.conf", "long-running.conf"}


def test_systemd_finds_no_fault_with_the_packaged_units(tmp_path):
    command = tmp_path / ".local" / "bin" / "edge-news"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    units = [str(PACKAGED / name) for name in (*SERVICES, CATCH_UP, PAGES, *TIMERS)]
    assert analyze("verify", "--user", *units, home=tmp_path) == ""


def test_systemd_finds_no_fault_with_the_installed_units(tmp_path):
    done = install(tmp_path, "install")
    assert done.returncode == 0, done.stderr
    written = [Path(line) for line in done.stdout.splitlines() if line.startswith("/")]
    assert written == [tmp_path / ".config/systemd/user" / unit.relative_to(PACKAGED) for unit in UNITS]
    units = [str(path) for path in written if path.suffix != ".conf"]
    assert analyze("verify", "--user", *units, home=tmp_path) == ""


def test_installed_units_name_this_command_and_the_data_directory_that_was_asked_for(tmp_path):
    assert install(tmp_path, "install", "--data", "/srv/news").returncode == 0
    folder = tmp_path / ".config/systemd/user"
    command = Path(sys.executable).parent / "edge-news"
    assert f"ExecStart={command} --data /srv/news sync\n" in (folder / "edge-news-sync.service").read_text()
    shared = (folder / "edge-news-.service.d" / "limits.conf").read_text()
    assert "ReadWritePaths=/srv/news\n" in shared and "ConditionPathIsDirectory=/srv/news\n" in shared
    assert not any("%h/.local" in (folder / unit.relative_to(PACKAGED)).read_text() for unit in UNITS)


@pytest.mark.parametrize(("delivery", "network"), [("desktop", "yes"), ("network", "no")])
def test_notifications_are_delivered_where_that_was_asked_for(tmp_path, delivery, network):
    folder = tmp_path / ".config/systemd/user"
    drop_in = folder / "edge-news-push.service.d" / "deliver.conf"
    assert install(tmp_path, "install", "--data", "/srv/news", "--deliver", delivery).returncode == 0
    command = Path(sys.executable).parent / "edge-news"
    lines = drop_in.read_text().splitlines()
    assert lines[2:4] == ["ExecStart=", f"ExecStart={command} --data /srv/news push --deliver"]
    assert ("PrivateNetwork=no" in lines) is (network == "no")
    units = [str(folder / name) for name in ("edge-news-push.service", CATCH_UP, "edge-news-sync.service")]
    assert analyze("verify", "--user", *units, home=tmp_path) == ""
    assert install(tmp_path, "install", "--data", "/srv/news").returncode == 0  # and no longer
    assert not drop_in.exists()


def test_the_command_is_found_wherever_it_was_installed_for_this_python(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("beside", "user", "path")]
    for folder in folders:
        folder.mkdir()
    beside, user, path = folders
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    monkeypatch.setattr(sysconfig, "get_path", lambda name, scheme=None: str(user if scheme else beside))
    monkeypatch.setenv("PATH", str(path))
    with pytest.raises(StorageError, match=r"no edge-news in .*beside, .*user nor on the PATH"):
        this_command()
    for folder in (path, user, beside):
        (folder / "edge-news").write_text("#!/bin/sh\n")
        (folder / "edge-news").chmod(0o755)
        assert this_command() == folder / "edge-news"
    (beside / "edge-news").chmod(0o644)  # nothing that can be run
    assert this_command() == user / "edge-news"


def test_without_a_home_the_units_are_refused_in_words(tmp_path):
    code = (
        "import os, pwd, sys\ndef nobody(user):\n    raise KeyError(user)\npwd.getpwuid = nobody\n"
        "from edge_runtime.systemd.__main__ import main\nraise SystemExit(main())"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CONFIG_HOME")}
    command = [sys.executable, "-c", code, "install", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=REPOSITORY, timeout=60)
    assert done.returncode == 1 and "no home directory is known" in done.stderr and "Traceback" not in done.stderr
    done = subprocess.run([*command[:-1], ""], capture_output=True, text=True, env=environment, cwd=REPOSITORY)
    assert done.returncode == 2  # an empty word is no directory


def test_a_home_with_a_name_that_is_no_text_is_refused_in_words(tmp_path):
    done = install(tmp_path / os.fsdecode(b"caf\xe9"), "install")
    assert done.returncode == 1 and "cannot stand in a unit" in done.stderr and "Traceback" not in done.stderr


def test_without_install_it_says_where_the_units_are(tmp_path):
    assert install(tmp_path).stdout == f"{PACKAGED}\n"


@pytest.mark.parametrize("path", ["/srv/my news", "/srv/50%", "news", "/srv/a\nExecStart=/bin/false", '/srv/"'])
def test_a_path_that_means_something_else_in_a_unit_is_refused(path, tmp_path):
    with pytest.raises(StorageError, match="cannot stand in a unit"):
        write_units(tmp_path / "units", Path("/usr/bin/edge-news"), Path(path))
    assert not (tmp_path / "units").exists()


def test_units_are_not_written_where_nothing_can_be(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="units cannot be written"):
        write_units(tmp_path / "file" / "units", Path("/usr/bin/edge-news"), Path("/srv/news"))


@pytest.mark.parametrize("unit", [*SERVICES, CATCH_UP])
def test_every_service_is_closed_bounded_and_gives_way(unit):
    found = settings(unit)
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateUsers", "RestrictNamespaces", "RestrictSUIDSGID"):
        assert found[name] == ["yes"]
    assert found["ProtectSystem"] == ["strict"] and found["ProtectHome"] == ["read-only"]
    assert found["ReadWritePaths"] == ["%h/.local/share/edge-news"]
    assert found["Type"] == ["oneshot"] and "TimeoutStartSec" in found
    assert re.fullmatch(r"\d+M", found["MemoryMax"][0]) and int(found["Nice"][0]) > 0


@pytest.mark.parametrize("unit", WITHOUT_NETWORK)
def test_only_fetching_has_a_network_and_what_was_read_stays_out_of_the_journal(unit):
    found = settings(unit)
    assert found["PrivateNetwork"] == ["yes"] and found["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert "%t/" in found["StandardOutput"][0]  # the user's own directory in memory


def test_the_pages_are_exposed_as_little_as_a_service_with_a_port_can_be(tmp_path):
    # Offline it looks at files alone; what is read last counts, so the file for services that end is read before.
    for path in (PACKAGED / PAGES, *PACKAGED.glob("*.service.d")):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / path.name)
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    command = ["systemd-analyze", "--user", "security", "--offline=yes", "--no-pager", PAGES]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    level = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    assert level and float(level[1]) <= 2.0, done.stdout + done.stderr
    last = (PACKAGED / "edge-news-serve.service.d" / "long-running.conf").read_text()
    assert "limits.conf" < "long-running.conf" and "Type=exec\n" in last and "MemoryMax=" in last


def test_timers_catch_up_after_an_absence_and_feeds_are_asked_at_times_of_one_s_own(tmp_path):
    texts = [(PACKAGED / name).read_text() for name in TIMERS]
    assert all("Persistent=yes" in text and "WantedBy=timers.target" in text for text in texts)
    assert "RandomizedDelaySec=" in texts[0]
    calendars = [re.search("OnCalendar=(.*)", text)[1] for text in texts]
    told = analyze("calendar", "--iterations=3", "--base-time=2026-11-24 12:00:00 UTC", *calendars, home=tmp_path)
    assert re.findall(r"(?:elapse|#\d+).* (\d\d:\d\d):00 UTC", told)[:6] == [
        *("12:30", "13:00", "13:30"),
        *("12:07", "12:22", "12:37"),
    ]


@pytest.mark.parametrize("unit", WITHOUT_NETWORK)
def test_what_is_told_of_the_news_waits_for_a_fetch_that_was_missed(unit):
    found = settings(unit)
    assert found["Wants"] == [CATCH_UP]
    assert found["After"] == [f"{CATCH_UP} edge-news-sync.service"]
    assert settings("edge-news-sync.service")["After"] == [CATCH_UP]  # never two fetches at once


@pytest.mark.parametrize(("age_min", "is_missed"), [(None, True), (1000, True), (46, True), (36, False), (0, False)])
def test_a_fetch_counts_as_missed_after_the_longest_time_between_two(tmp_path, age_min, is_missed):
    condition, _ = settings(CATCH_UP)["ExecCondition"]
    command = condition.replace("%h/.local/share/edge-news", str(tmp_path)).replace("$$", "$")
    if age_min is not None:
        (tmp_path / "feeds.db").touch()
        at = time.time() - 60 * age_min
        os.utime(tmp_path / "feeds.db", (at, at))
    assert (subprocess.run(shlex.split(command)).returncode == 0) is is_missed


@pytest.fixture
def namespaces(slow: None) -> Iterator[list[str]]:
    """What a user's systemd is started under; its control groups go afterwards."""
    alone = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc"]
    if not Path("/lib/systemd/systemd").exists() or os.geteuid() != 0:
        pytest.skip("a user's systemd can only be started by root, where systemd is installed")
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("namespaces are not permitted here")
    yield alone
    for hierarchy in ("", "systemd", "unified"):
        ours = Path("/sys/fs/cgroup", hierarchy, "edge-news-test")
        for group in sorted(ours.glob("**/"), key=lambda path: -len(path.parts)):
            group.rmdir()


@pytest.fixture
def after_absence(namespaces, tmp_path):
    """What edge-news is called for at the start of a device that was off, with these timers enabled."""

    def calls(*timers: str) -> list[str]:
        folder = shutil.copytree(PACKAGED, tmp_path / "units")
        script = [Path(__file__).with_name("after_absence.sh"), folder, *timers]
        done = subprocess.run([*namespaces, *map(str, script)], capture_output=True, text=True, timeout=120)
        called = done.stdout.partition("== called\n")[2].split("\n")[:-1]
        if not called:
            pytest.skip(f"no user's systemd could be started here: {done.stderr[-200:]}")
        return called

    return calls


def test_after_an_absence_the_news_is_fetched_before_it_is_told(after_absence):
    called = after_absence(*TIMERS)
    assert called[:2] == ["no network", "sync"]
    assert {"push", "digest"} <= set(called[2:]) and called.count("no network") == 1


def test_without_the_timer_of_fetches_nothing_goes_to_the_network(after_absence):
    assert set(after_absence(*TIMERS[1:])) == {"push", "digest"}


@pytest.fixture
def user_manager(namespaces, tmp_path):
    """Starts units under a `systemd --user` of an ordinary user; see user_manager.sh."""
    hidden = [folder for folder in ("/tmp", "/run", "/home") if REPOSITORY.is_relative_to(folder)]
    if hidden:
        pytest.skip(f"the services have a {hidden[0]} of their own, in which this checkout is not")

    def run(*units: str, **drop_ins: str) -> str:
        folder = tmp_path / "units"
        shutil.copytree(PACKAGED, folder)
        for name, text in drop_ins.items():
            drop_in = folder / f"edge-news-{name}.service.d" / "probe.conf"
            drop_in.parent.mkdir(exist_ok=True)
            drop_in.write_text(text)
        probe = folder / "probe.py"
        probe.write_text(PROBE)
        packages = sysconfig.get_paths()["purelib"]
        script = [Path(__file__).with_name("user_manager.sh"), REPOSITORY, packages, sys.base_prefix, folder, *units]
        done = subprocess.run([*namespaces, *map(str, script)], capture_output=True, text=True, timeout=120)
        if not re.search(r"service: \w", done.stdout):
            pytest.skip(f"no user's systemd could be started here: {done.stderr[-200:]}")
        return done.stdout

    return run


def test_the_packaged_services_run_under_a_user_s_systemd_and_write_what_they_say_for_the_user_alone(user_manager):
    told = user_manager(*SERVICES)
    assert [line for line in told.splitlines() if ".service:" in line] == [f"{unit}: success" for unit in SERVICES]
    digest = told.partition("== 600 edge-news-digest.txt\n")[2]
    assert re.search(r"5 worth reading of \d+ since", digest) and "  1. " in digest
    assert "== 600 edge-news-notifications.txt" in told


def test_a_service_sees_no_network_and_no_keys_and_can_write_its_data_alone(user_manager):
    run = "ExecStart=/run/python/bin/python3 /home/reader/.config/systemd/user/probe.py"
    output = "StandardOutput=append:%t/edge-news-probe.txt"
    environment = "Environment=PYTHONHOME=/run/python LD_LIBRARY_PATH=/run/python/lib"
    here = f"[Service]\n{environment}\nExecStart=\n{run}"
    told = user_manager(
        "edge-news-push.service",
        "edge-news-digest.service",
        "edge-news-sync.service",
        push=f"{here}\n{output}\n",
        # Without its filter of system calls the digest can ask for interfaces: there is none but its own loopback.
        digest=f"{here} interfaces\n{output}\nRestrictAddressFamilies=\n",
        sync=f"{here}\n{output}\n",
    )
    files = "home no\ndata yes\nkey no\n"
    push = f"socket no\ninterfaces -\n{files}"
    digest = f"socket yes\ninterfaces ['lo']\n{files}"
    sync = f"socket yes\ninterfaces -\n{files}"
    assert told.partition("edge-news-probe.txt\n")[2] == push + digest + sync


ASK = """
import time, urllib.request
for _ in range(100):
    try:
        print(urllib.request.urlopen("http://localhost:18765/").status, flush=True)
        break
    except OSError:
        time.sleep(0.2)
"""


def test_the_pages_are_served_under_a_user_s_systemd(user_manager, monkeypatch):
    monkeypatch.setitem(globals(), "PROBE", ASK)
    told = user_manager(
        PAGES,
        serve="[Service]\nExecStart=\n"
        "ExecStart=%h/.local/bin/edge-news --data %h/.local/share/edge-news serve --port 18765\n"
        "Environment=PYTHONHOME=/run/python LD_LIBRARY_PATH=/run/python/lib\n"
        "ExecStartPost=/run/python/bin/python3 %h/.config/systemd/user/probe.py\n"
        "StandardOutput=append:%t/edge-news-probe.txt\n",
    )
    assert f"{PAGES}: success" in told
    assert "http://localhost:18765/" in told and "\n200\n" in told
