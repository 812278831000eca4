"""Servers on one core, load from the other, and what they take: time, memory."""

import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS = 8
VISITS = 24
"""Of how many addresses of a case the length is looked at beforehand, at most."""

PATIENCE = 20.0
"""How many seconds that may take for a case."""


def require_tools() -> None:
    """Raise SystemExit, saying what is missing, where the machine cannot measure."""
    for tool, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        if shutil.which(tool) is None:
            raise SystemExit(f"{tool} is missing (Debian: apt-get install {package}).")
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("Two cores are needed: one serves, the other asks.")


class Answer(NamedTuple):
    """What a server said: its status, its headers, its body as it came, and how long that took."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float


class Memory(NamedTuple):
    """Megabytes: of the workers, a page shared by several counted once; as `ps` says it; of what started them."""

    workers: float
    resident: float
    parent: float


class Server:
    """granian, as the README runs it, on one core."""

    def __init__(self, application: str, environment: dict[str, str], *, workers: int = 1) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        granian = Path(sys.executable).parent / "granian"
        command = ["taskset", "-c", SERVER_CORE, str(granian), "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", str(workers), "--blocking-threads", "4"]
        command += ["--log-level", "error", application]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)  # noqa: S603

    def ask(self, address: str, *, gzip: bool = True, tag: str = "") -> Answer:
        """Return the answer for an address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            started = time.perf_counter()
            headers = {"Accept-Encoding": "gzip"} if gzip else {}
            connection.request("GET", address, headers=headers | ({"If-None-Match": tag} if tag else {}))
            response = connection.getresponse()
            body = response.read()
            return Answer(response.status, response.headers, body, time.perf_counter() - started)
        finally:
            connection.close()

    def text(self, address: str) -> str:
        """Return the page at an address. Raises SystemExit for another status than 200."""
        answer = self.ask(address, gzip=False)
        if answer.status != 200:
            raise SystemExit(f"{address} answers {answer.status}: there is nothing to measure.")
        return answer.body.decode()

    def wait(self, address: str) -> None:
        """Wait until the server answers at `address`. Raises SystemExit after a minute."""
        for _attempt in range(300):
            try:
                self.ask(address)
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise SystemExit(f"The server at port {self.port} did not answer.")

    def settle(self) -> None:
        """Wait until the server has done with what was asked of it and given up on."""
        last = -1
        while (spent := sum(_ticks(pid) for pid in self.processes())) != last:
            last = spent
            time.sleep(0.3)

    def processes(self) -> list[int]:
        """Return the server's process and those it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8")
        return [self.process.pid, *map(int, children.split())]

    def memory(self) -> "Memory":
        """Return what the server's processes hold."""
        parent, *children = self.processes()
        workers = [pid for pid in children if b"resource_tracker" not in _command(pid)]
        return Memory(
            sum(_kilobytes(pid, "Pss") for pid in workers) / 1024,
            sum(_kilobytes(pid, "Rss") for pid in workers) / 1024,
            _kilobytes(parent, "Pss") / 1024,
        )

    def stop(self) -> None:
        """Stop the server."""
        self.process.terminate()
        self.process.wait(timeout=30)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@contextmanager
def serving(application: str, environment: dict[str, str], ready: str, *, workers: int = 1) -> Iterator[Server]:
    """Serve within the block, once the address `ready` is answered."""
    server = Server(application, environment, workers=workers)
    try:
        server.wait(ready)
        yield server
    finally:
        server.stop()


class Case:
    """Something to measure: addresses of one server, what their answers are to be, and the figures found."""

    def __init__(self, server: Server, addresses: list[str], *, tag: str = "") -> None:
        """Ask for the addresses once; what comes is what must come. Raises SystemExit for an error page."""
        self.server, self.tag = server, tag
        self.rates: list[float] = []
        self.wrong = 0
        started, answers, self.addresses = time.perf_counter(), [], []
        for address in addresses[:VISITS]:
            answer = server.ask(address, tag=tag)
            if answer.status != (304 if tag else 200):
                raise SystemExit(f"{address} answers {answer.status}: there is nothing to measure.")
            answers.append(answer)
            self.addresses.append(address)
            if time.perf_counter() - started > PATIENCE and len(answers) >= 3:
                break
        lengths = [len(answer.body) for answer in answers]
        self.status, self.least, self.greatest = answers[0].status, min(lengths), max(lengths)
        self.first = statistics.median(answer.seconds for answer in answers) * 1000
        """Milliseconds of a first answer, when nothing of it was kept."""

    def run(self, seconds: int) -> None:
        """Ask with all connections, and note the rate: for `seconds`, or as long as four answers to each may take."""
        seconds = max(seconds, min(60, round(self.first / 1000 * CONNECTIONS * 4)))
        self.server.settle()
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
            asked.write("\n".join(self.addresses) + "\n")
            asked.flush()
            command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
            command += ["--timeout", "120s", "-s", str(ROOT / "bench" / "addresses.lua")]
            command += [f"http://127.0.0.1:{self.server.port}/", "--", asked.name, str(self.status)]
            command += [str(self.least), str(self.greatest), self.tag]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        found = json.loads(out.strip().splitlines()[-1])
        self.wrong += found["wrong"] + found["lost"]
        self.rates.append(found["answers"] / found["microseconds"] * 1e6)

    @property
    def rate(self) -> float:
        """Answers a second, the median of the rounds."""
        return statistics.median(self.rates)
