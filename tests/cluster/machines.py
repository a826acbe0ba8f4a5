"""Machines for a cluster: network namespaces joined by a bridge, or this one under several names."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.job import MACHINE

ROOT = Path(__file__).parents[2]


class OneHost:
    """Each "machine" is some processes of this one."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(3)  # of all that is made, so that runs beside this one keep theirs
        token = folder / "token"
        token.write_text(secrets.token_hex(32))
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(token),
            "RAY_USAGE_STATS_ENABLED": "0",
            "PYSPARK_PYTHON": sys.executable,
        }

    def address(self, machine: str) -> str:
        """Where others reach it."""
        return "127.0.0.1"

    def start(self, machine: str, command: Sequence[str]) -> subprocess.Popen[str]:
        """Run a program on a machine."""
        environment = {**self._environment, MACHINE: f"{self.name}-{machine}", "SPARK_LOCAL_IP": self.address(machine)}
        return subprocess.Popen(
            [*self._entry(machine), *command],
            env=environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, machine: str, command: Sequence[str], timeout_s: float = 300) -> str:
        """Run it to its end."""
        process = self.start(machine, command)
        printed, _ = process.communicate(timeout=timeout_s)
        assert process.returncode == 0, printed
        return printed

    def wait_for_port(self, machine: str, port: int) -> None:
        """Until something answers there, a minute at most."""
        program = (
            "import socket, sys, time\n"
            "for _ in range(300):\n"
            "    try: sys.exit(socket.create_connection((sys.argv[1], int(sys.argv[2]))).close())\n"
            "    except OSError: time.sleep(0.2)\n"
            "sys.exit('nothing answers')\n"
        )
        self.run(machine, [sys.executable, "-c", program, self.address(machine), str(port)])

    def kill(self, machine: str) -> int:
        """End all processes of a machine, without a word to any; how many there were."""
        mark = f"{MACHINE}={self.name}-{machine}".encode()
        killed = 0
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    os.kill(int(entry.name), signal.SIGKILL)
                    killed += 1
            except OSError:  # it has ended, or is another's
                continue
        return killed

    def close(self) -> None:
        """End everything."""
        for machine in ("a", "b"):
            self.kill(machine)

    def _entry(self, machine: str) -> list[str]:
        return []


class Namespaces(OneHost):
    """Two machines with an address each; the disk is the same."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._made: list[str] = []
        bridge = f"br{self.name}"
        self._ip(f"link add {bridge} type bridge", f"link del {bridge}")
        for machine in ("a", "b"):
            space, outer, inner = (f"{kind}{self.name}{machine}" for kind in ("ns", "vo", "vi"))
            self._ip(f"netns add {space}", f"netns del {space}")
            # Taken down first: without its links a namespace goes at once.
            self._ip(f"link add {outer} type veth peer name {inner} netns {space}", f"link del {outer}")
            self._ip(f"link set {outer} master {bridge} up")
            for order in (f"addr add {self.address(machine)}/24 dev {inner}", f"link set {inner} up", "link set lo up"):
                self._ip(f"-n {space} {order}")
        self._ip(f"link set {bridge} up")

    def address(self, machine: str) -> str:
        """See `OneHost`."""
        return f"10.209.77.{1 + 'ab'.index(machine)}"

    def close(self) -> None:
        """See `OneHost`."""
        super().close()
        for order in reversed(self._made):
            subprocess.run(["ip", *order.split()], check=False)

    def _ip(self, order: str, undo: str | None = None) -> None:
        subprocess.run(["ip", *order.split()], check=True, capture_output=True)
        self._made += [undo] if undo else []

    def _entry(self, machine: str) -> list[str]:
        return ["ip", "netns", "exec", f"ns{self.name}{machine}"]


def short_folder() -> tempfile.TemporaryDirectory[str]:
    """For sockets, whose paths may have 107 bytes."""
    return tempfile.TemporaryDirectory(prefix="en", dir="/tmp", ignore_cleanup_errors=True)
