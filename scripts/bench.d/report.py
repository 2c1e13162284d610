#!/usr/bin/env python3
"""Goals and figures of a run as text, Markdown and one plot. Called by scripts/bench with the folder of the run."""
import pathlib
import statistics
import sys

from figures import Goal, Run, judged, number, quartiles
from plot import plot

CLIENTS = {
    "raw": "bare TLS client", "raw-spin": "bare TLS client that spins", "NR": "marginfix, KalshiNR", "NR-io": "marginfix, KalshiNR, on the I/O thread",
    "NR-spin": "marginfix, KalshiNR, SpinWait=Y", "RT": "marginfix, KalshiRT, durable store", "QuickFIX": "QuickFIX",
    "QuickFIX-FileStore": "QuickFIX, FileStore", "entries": "marginfix, four typed entries read", "book-64": "marginfix, into a book of 64 ticks",
    "book-9000": "marginfix, into a book of 9,000 ticks", "one": "marginfix, FileStoreSync=Y, one at a time",
    "many": "marginfix, FileStoreSync=Y, many in flight",
}
PLACES = {
    "onecore": "Order to ack, both ends on one core", "spin": "Order to ack, the acceptor spins on the other core",
    "burst": "Burst of 50,000 orders", "store": "Burst of 50,000 orders, stores on", "sync": "Each order on the disk before it leaves",
    "md": "Market data, four entries a message",
}


def goal_rows(run):
    rows = [["what", "beside", "measured", "quartiles", "rounds", "goal", ""]]
    for outcome in run.outcomes():
        goal = outcome.goal
        sign = ">=" if goal.at_least else "<="
        spread = f"{number(outcome.low)}..{number(outcome.high)}" if outcome.rounds > 1 else "-"
        rows.append([goal.what, goal.beside, f"{judged(outcome.median, goal.goal)} {goal.unit}", spread, str(outcome.rounds),
                     f"{sign} {number(goal.goal)}", "met" if outcome.met else "MISSED"])
    return rows


def figure_rows(run, group):
    names = list(dict.fromkeys(line["name"] for line in run.lines if line.get("group") == group))
    fields = ["p50_us", "p99_us", "cpu_us"] if group in ("onecore", "spin") else ["per_s", "cpu_us"]
    heads = {"p50_us": "p50 us", "p99_us": "p99 us", "cpu_us": "cpu us each", "per_s": "a second (quartiles)"}
    rows = [[PLACES[group], *(heads[field] for field in fields)]]
    for name in names:
        lines = run.of(group, name).values()
        cells = []
        for field in fields:
            low, middle, high = quartiles([line[field] for line in lines])
            cells.append(f"{middle:,.0f} ({low:,.0f}..{high:,.0f})" if field == "per_s" else number(middle))
        rows.append([CLIENTS[name], *cells])
    return rows


def decode_rows(run):
    rows = [["Decode, ns", "hffix: tokenised", "marginfix: typed, checked", "marginfix, framed too"]]
    for msg in ("ER", "X"):
        lines = [line for line in run.lines if line.get("group") == "decode" and line["msg"] == msg]
        middle = lambda engine: number(statistics.median(line["ns"] for line in lines if line["engine"] == engine))
        if lines:
            rows.append([msg + f", {lines[0]['bytes']} bytes", middle("hffix"), middle("marginfix"), middle("marginfix-framed")])
    return rows


def facts(run):
    about = run.facts()
    if not about:
        return "Without the peer harness."
    loads = [line for line in run.lines if "load" in line]
    acceptors = [line for line in run.lines if "acceptor" in line]
    text = (f"{about['run']}, commit {about['commit']}, {about['cores']} cores ({about['machine']}, Linux {about['kernel']}), TLS, "
            f"{about['rounds']} rounds in turn{', real-time priority' if about['realtime'] else ''}, load "
            f"{min(min(line['before'], line['after']) for line in loads)} to {max(max(line['before'], line['after']) for line in loads)}, "
            f"memory {about['resident']} s after the burst.")
    if acceptors:
        wrong = sum(line["with_wrong_checksums"] for line in acceptors)
        text += f" Connections with a wrong CheckSum(10): {wrong} of {sum(line['connections'] for line in acceptors)}."
    return text


def ceilings(run):
    """About what the acceptor gives at most: how far a client can be ahead of QuickFIX here."""
    found = []
    for group, what in (("burst", "bursts"), ("md", "market data")):
        ratios = run.ratios(Goal(what, "", 0, True, group, "raw", "QuickFIX", "per_s"))
        if ratios:
            found.append(f"{number(statistics.median(ratios))} x QuickFIX in {what}")
    return [f"The bare TLS client, about as fast as the acceptor itself: {', '.join(found)}."] if found else []


def as_text(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows) + "\n"


def as_markdown(rows):
    head, *rest = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rest]) + "\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    run = Run(folder)
    tables = [goal_rows(run)]
    tables += [figure_rows(run, group) for group in PLACES if any(line.get("group") == group for line in run.lines)]
    if len(decode_rows(run)) > 1:
        tables.append(decode_rows(run))
    left_out = ["Not measured: " + "; ".join(goal.what for goal in run.left_out()) + "."] if run.left_out() else []
    notes = "\n".join([facts(run), *ceilings(run), *left_out]) + "\n"
    (folder / "table.txt").write_text(notes + "\n" + "\n".join(as_text(rows) for rows in tables), encoding="utf-8")
    (folder / "table.md").write_text(notes.replace("\n", "  \n") + "\n" + "\n".join(as_markdown(rows) for rows in tables), encoding="utf-8")
    (folder / "ratios.svg").write_text(plot(run.outcomes(), facts(run)), encoding="utf-8")
    print((folder / "table.txt").read_text(encoding="utf-8"))
    print(f"{folder}: table.txt, table.md, ratios.svg")


if __name__ == "__main__":
    main()
