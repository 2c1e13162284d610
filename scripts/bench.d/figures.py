"""The goals, and what the lines of a run say of them."""
import dataclasses
import json
import pathlib
import re
import statistics


@dataclasses.dataclass
class Goal:
    what: str
    beside: str
    goal: float
    at_least: bool  # else: at most
    group: str = ""
    ours: str = ""
    theirs: str = ""
    field: str = ""
    msg: str = ""  # decode
    unit: str = "x"


GOALS = [
    Goal("order to ack p50, KalshiNR", "bare TLS client", 1.10, False, "onecore", "NR", "raw", "p50_us"),
    Goal("order to ack p99, KalshiNR", "bare TLS client", 1.10, False, "onecore", "NR", "raw", "p99_us"),
    Goal("order to ack p50, KalshiRT, durable store", "bare TLS client", 1.15, False, "onecore", "RT", "raw", "p50_us"),
    Goal("order to ack p50, SpinWait=Y", "bare TLS client that spins", 1.20, False, "spin", "NR-spin", "raw-spin", "p50_us"),
    Goal("decode an ExecutionReport, typed and checked", "hffix's tokenising", 0.88, False, "decode", "marginfix", "hffix", "ns", "ER"),
    Goal("decode an X of four entries, typed and checked", "hffix's tokenising", 0.68, False, "decode", "marginfix", "hffix", "ns", "X"),
    Goal("AsyncPerpsClient, 64 at once, TLS", "libcurl's multi handle", 1.20, False, "rest"),
    Goal("burst of 50,000 from main()", "QuickFIX", 13, True, "burst", "NR", "QuickFIX", "per_s"),
    Goal("burst made on the I/O thread", "the same from main()", 1.0, True, "burst", "NR-io", "NR", "per_s"),
    Goal("burst on KalshiRT, durable store", "QuickFIX with FileStore", 15, True, "store", "RT", "QuickFIX-FileStore", "per_s"),
    Goal("FileStoreSync=Y, many in flight", "one at a time", 20, True, "sync", "many", "one", "per_s"),
    Goal("market data into a book of 64 ticks", "QuickFIX without a book", 10, True, "md", "book-64", "QuickFIX", "per_s"),
    Goal("market data into a book of thousands of levels", "QuickFIX without a book", 8, True, "md", "book-9000", "QuickFIX", "per_s"),
    Goal("resident memory after a burst, KalshiNR", "before it", 200, False, "memory", "NR", unit="bytes an order"),
    Goal("resident memory after a burst, KalshiRT", "before it", 200, False, "memory", "RT", unit="bytes an order"),
]


@dataclasses.dataclass
class Outcome:
    goal: Goal
    median: float
    low: float  # quartiles
    high: float
    rounds: int

    @property
    def met(self):
        return self.median >= self.goal.goal if self.goal.at_least else self.median <= self.goal.goal


class Run:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        path = folder / "rounds.jsonl"
        self.lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def facts(self):
        return next((line for line in self.lines if "run" in line), None)

    def of(self, group, name, msg=""):
        """By round; of decode the plain decode(), not the framed one."""
        return {line["round"]: line for line in self.lines
                if line.get("group") == group and line["name"] == name and (not msg or line["msg"] == msg)
                and line["engine"] != "marginfix-framed"}

    def outcome(self, goal):
        values = self.rest() if goal.group == "rest" else self.kept(goal) if goal.group == "memory" else self.ratios(goal)
        if not values:
            return None
        low, middle, high = quartiles(values)
        return Outcome(goal, middle, low, high, len(values))

    def ratios(self, goal):
        ours, theirs = (self.of(goal.group, name, goal.msg) for name in (goal.ours, goal.theirs))
        return [ours[number][goal.field] / theirs[number][goal.field] for number in sorted(ours.keys() & theirs.keys())]

    def kept(self, goal):
        return [max(0, line["resident_kb_later"] - line["resident_kb_before"]) * 1024 / line["n"]
                for line in self.of("memory", goal.ours).values()]

    def rest(self):
        path = self.folder / "rest-client.txt"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = re.search(r"^TLS +AsyncPerpsClient.*?([\d.]+) of bare libcurl", text, re.MULTILINE)
        return [float(found.group(1))] if found else []

    def outcomes(self):
        return [outcome for outcome in map(self.outcome, GOALS) if outcome]

    def left_out(self):
        return [goal for goal in GOALS if not self.outcome(goal)]


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0], values[0]
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def judged(value, goal):
    """With a digit more where rounding would make it look like the goal."""
    return f"{value:.3f}" if number(value) == number(goal) and value < 10 else number(value)
