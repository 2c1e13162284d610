"""One SVG of all goals: a bar to the median, a line across its quartiles, and the goal as a line that the bar has to stay before or to pass."""
import math
from html import escape

from figures import judged, number

LABELS, PLOT, VALUES, ROW, HEAD = 400, 560, 240, 34, 92
WIDTH = LABELS + PLOT + VALUES
MET, MISSED, INK, PALE = "#2c7a4b", "#b3412e", "#222222", "#d8d8d8"


class Svg:
    def __init__(self):
        self.parts = []

    def text(self, x, y, text, size=13, anchor="start", colour=INK, weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
                          f'font-weight="{weight}">{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, colour=INK, width=1.0, dash=""):
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashes}/>')

    def bar(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" fill="{colour}" fill-opacity="0.55"/>')


def ratio(outcome, value):
    """Memory has no peer: beside its goal."""
    return value if outcome.goal.unit == "x" else value / outcome.goal.goal


def panel(svg, top, title, outcomes, place, ticks):
    svg.text(16, top + 22, title, 15, weight="bold")
    bottom = top + 44 + ROW * len(outcomes)
    for tick in ticks:
        x = LABELS + place(tick)
        svg.line(x, top + 38, x, bottom, INK if tick == 1 else PALE, 1, "" if tick == 1 else "2 3")
        svg.text(x, bottom + 16, f"{tick:g} x", 11, "middle", "#555555")
    for i, outcome in enumerate(outcomes):
        row(svg, top + 42 + ROW * i, outcome, place)
    return bottom + 34


def row(svg, y, outcome, place):
    goal, colour = outcome.goal, MET if outcome.met else MISSED
    x = lambda value: LABELS + place(ratio(outcome, value))
    svg.text(LABELS - 12, y + 13, goal.what, 13, "end")
    svg.text(LABELS - 12, y + 27, "beside " + goal.beside, 10.5, "end", "#666666")
    svg.bar(LABELS, y + 6, x(outcome.median) - LABELS, 16, colour)
    svg.line(x(outcome.low), y + 14, x(outcome.high), y + 14, colour, 2.5)
    svg.line(x(goal.goal), y + 1, x(goal.goal), y + 27, INK, 2.5)
    unit = "" if goal.unit == "x" else " bytes"
    sign = "\u2265" if goal.at_least else "\u2264"
    said = f"{judged(outcome.median, goal.goal)}{unit}, goal {sign} {number(goal.goal)}: {'met' if outcome.met else 'missed'}"
    svg.text(LABELS + PLOT + 8, y + 18, said, 12, colour=colour, weight="bold")


def plot(outcomes, facts):
    svg = Svg()
    svg.text(16, 28, "marginfix beside others: medians of neighbouring runs", 18, weight="bold")
    svg.text(16, 48, "thick upright line: the goal; thin line on a bar: quartiles; green: met, red: missed", 12, colour="#555555")
    for i, line in enumerate(wrapped(facts, 165)):
        svg.text(16, 66 + 14 * i, line, 11, colour="#555555")
    low = [outcome for outcome in outcomes if not outcome.goal.at_least]
    high = [outcome for outcome in outcomes if outcome.goal.at_least]
    end = HEAD
    if low:
        most = max(2.0, *(ratio(outcome, outcome.high) for outcome in low))
        step = 0.5 if most <= 4 else 1 if most <= 10 else 5
        ticks = [step * i for i in range(int(most / step) + 1)]
        end = panel(svg, end, "Less is better: time, memory", low, lambda value: PLOT * min(value, most) / most, ticks)
    if high:
        most = max(20.0, *(outcome.high for outcome in high)) * 1.1
        least = 0.5
        place = lambda value: PLOT * math.log(max(value, least) / least) / math.log(most / least)
        ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if tick <= most]
        end = panel(svg, end, "More is better: throughput (logarithmic)", high, place, ticks)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{end}" viewBox="0 0 {WIDTH} {end}" '
            f'font-family="Helvetica, Arial, sans-serif"><rect width="100%" height="100%" fill="white"/>' + "".join(svg.parts) + "</svg>\n")


def wrapped(text, width):
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word + " "
    return lines
