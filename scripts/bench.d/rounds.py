#!/usr/bin/env python3
"""Runs the clients of the peer harness in turn and writes each one's JSON line into rounds.jsonl. Called by scripts/bench."""
import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import sys
import threading
import time

ORDERS, BURST, STREAM = 10_000, 50_000, 200_000
ONE_AT_A_TIME, MANY = 300, 20_000  # orders of FileStoreSync=Y
SECONDS_EACH = 150
OURS = "marginfix_bench_peer"
RT = ["--session", "KalshiRT"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--memory-rounds", type=int, required=True)
    parser.add_argument("--resident", type=int, required=True)
    parser.add_argument("--dictionaries", required=True)
    parser.add_argument("--realtime", action="store_true")
    parser.add_argument("groups", nargs="+")
    return parser.parse_args()


def pinned(core):
    return [] if core is None else ["taskset", "-c", str(core)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bench:
    def __init__(self, options):
        self.options = options
        self.priority = ["chrt", "-r", "1"] if options.realtime else []
        self.failures = []
        self.writing = threading.Lock()
        self.rounds = open(options.out / "rounds.jsonl", "a", encoding="utf-8")

    def note(self, line):
        with self.writing:
            self.rounds.write(json.dumps(line) + "\n")
            self.rounds.flush()

    @contextlib.contextmanager
    def acceptor(self, group, core=None, spin=False):
        """The neutral acceptor with TLS on a port of its own; gives that port."""
        port, log = free_port(), self.options.out / f"acceptor-{group}.log"
        command = [*pinned(core), *self.priority, str(self.options.tools / "acceptor"), "--tls-port", str(port),
                   "--cert", str(self.options.tools / "cert.pem"), "--key", str(self.options.tools / "key.pem")] + (["--spin"] if spin else [])
        with open(log, "w", encoding="utf-8") as out, subprocess.Popen(command, stderr=out) as process:
            try:
                until = time.monotonic() + 10
                while "ready" not in log.read_text(encoding="utf-8"):
                    if process.poll() is not None or time.monotonic() > until:
                        sys.exit(f"the acceptor does not start: {log.read_text(encoding='utf-8')}")
                    time.sleep(0.01)
                yield port
            finally:
                process.terminate()
        closed = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("closed:")]
        wrong = [line for line in closed if not line.endswith("badck=0")]
        self.note({"acceptor": group, "connections": len(closed), "with_wrong_checksums": len(wrong)})

    def client(self, group, number, name, port, command, core=None):
        program, *rest = command
        connection = ["--tls", "--port", str(port)] if port else []
        if port and program == OURS:
            connection += ["--ca", str(self.options.tools / "cert.pem")]
        whole = [*pinned(core), *self.priority, str(self.options.tools / program), *connection, *rest]
        try:
            done = subprocess.run(whole, capture_output=True, text=True, timeout=SECONDS_EACH, cwd=self.options.out, check=False)
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            problem = done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            lines, problem = [], f"no end within {SECONDS_EACH} s"
        if problem or not lines or any("error" in line for line in lines):
            self.failures.append(f"{group}, {name}, round {number}: {problem or lines}")
            print(self.failures[-1], file=sys.stderr, flush=True)
            return
        for line in lines:
            self.note({**line, "group": group, "round": number, "name": name})

    def in_turn(self, group, rounds, clients, port=None, core=None):
        began = time.monotonic()
        for number in range(rounds):
            for name, command in clients.items():
                with filestore(self.options.out, command) as full:
                    self.client(group, number, name, port, full, core)
        print(f"{group}: {rounds} rounds of {', '.join(clients)} in {time.monotonic() - began:.0f} s", flush=True)

    def quickfix(self, *rest):
        return ["qf_client", "--fixt", self.options.dictionaries, "--threaded", *rest]

    def onecore(self):
        rtt = ["--mode", "rtt", "--n", str(ORDERS)]
        clients = {"raw": ["rawclient", *rtt], "NR": [OURS, *rtt], "RT": [OURS, *rtt, *RT], "QuickFIX": self.quickfix(*rtt)}
        with self.acceptor("onecore", core=0) as port:
            self.in_turn("onecore", self.options.rounds, clients, port, core=0)

    def spin(self):
        if os.cpu_count() < 2:
            print("spin: left out, there is one core")
            return
        rtt = ["--mode", "rtt", "--n", str(ORDERS)]
        clients = {"raw-spin": ["rawclient", "--spin", *rtt], "NR-spin": [OURS, "--spin", *rtt], "NR": [OURS, *rtt]}
        with self.acceptor("spin", core=1, spin=True) as port:
            self.in_turn("spin", self.options.rounds, clients, port, core=0)

    def burst(self):
        burst = ["--mode", "burst", "--n", str(BURST)]
        clients = {"raw": ["rawclient", *burst], "NR": [OURS, *burst], "NR-io": [OURS, *burst, "--io-thread"],
                   "QuickFIX": self.quickfix(*burst)}
        with self.acceptor("burst") as port:
            self.in_turn("burst", self.options.rounds, clients, port)

    def store(self):
        burst = ["--mode", "burst", "--n", str(BURST)]
        clients = {"RT": [OURS, *burst, *RT], "QuickFIX-FileStore": self.quickfix(*burst, "--filestore", "FOLDER")}
        with self.acceptor("store") as port:
            self.in_turn("store", self.options.rounds, clients, port)

    def md(self):
        md = ["--mode", "md", "--n", str(STREAM)]
        clients = {"raw": ["rawclient", *md], "entries": [OURS, *md], "book-64": [OURS, *md, "--book", "--ticks", "64"],
                   "book-9000": [OURS, *md, "--book"], "QuickFIX": self.quickfix(*md)}
        with self.acceptor("md") as port:
            self.in_turn("md", self.options.rounds, clients, port)

    def sync(self):
        burst = [OURS, "--mode", "burst", *RT, "--sync"]
        clients = {"one": [*burst, "--n", str(ONE_AT_A_TIME), "--in-flight", "1"], "many": [*burst, "--n", str(MANY)]}
        with self.acceptor("sync") as port:
            self.in_turn("sync", self.options.rounds, clients, port)

    def memory(self):
        """One burst after the other; the next begins while the one before waits for its second look."""
        # Room for all of it, so that nearly every order waits in the queue.
        burst = [OURS, "--mode", "burst", "--n", str(BURST), "--queue", str(BURST), "--resident", str(self.options.resident)]
        began, apart = time.monotonic(), 1.5
        with self.acceptor("memory") as port, concurrent.futures.ThreadPoolExecutor(64) as running:
            for number in range(self.options.memory_rounds):
                for name, command in {"NR": burst, "RT": [*burst, *RT]}.items():
                    running.submit(self.client, "memory", number, name, port, command)
                    time.sleep(apart)
        print(f"memory: {self.options.memory_rounds} bursts each of NR, RT in {time.monotonic() - began:.0f} s", flush=True)

    def decode(self):
        clients = {"hffix": ["hffix_decode", "1000000"], "marginfix": [OURS, "--mode", "decode", "--n", "1000000"]}
        self.in_turn("decode", self.options.rounds, clients, core=0)


@contextlib.contextmanager
def filestore(out, command):
    """QuickFIX's FileStore wants a folder, empty each time."""
    if "FOLDER" not in command:
        yield command
        return
    folder = out / "filestore"
    folder.mkdir(exist_ok=True)
    try:
        yield [str(folder) if part == "FOLDER" else part for part in command]
    finally:
        shutil.rmtree(folder)


def commit():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def main():
    options = arguments()
    options.tools, options.out = options.tools.resolve(), options.out.resolve()
    bench = Bench(options)
    bench.note({"run": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "commit": commit(), "cores": os.cpu_count(),
                "machine": platform.machine(), "kernel": platform.release(), "rounds": options.rounds, "realtime": options.realtime,
                "resident": options.resident})
    for group in options.groups:
        before = os.getloadavg()[0]
        getattr(bench, group)()
        bench.note({"load": group, "before": round(before, 1), "after": round(os.getloadavg()[0], 1)})
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
