"""docs/performance.svg: ratios beside their budgets, and growth. Text of our own, so that nothing is needed."""

import math
from html import escape

import row as rows
from row import MET, NO_BUDGET

WIDTH, MARGIN = 1000, 24
NAMES = 440  # where bars begin
LABELS = 130  # kept free behind them
LINE, BAR = 26, 14
GROWTH_HEIGHT = 230
COLOURS = {MET: "#2f7d5b", NO_BUDGET: "#8a9099"}
SHORT, INK, GRID, LIMIT = "#c4541a", "#20242a", "#d9dde2", "#111111"
STEPS, FINE_STEPS = (1, 2, 5), (1, 1.5, 2, 3, 5, 7)


class Axis:
    """From values to places; logarithmic or from zero on."""

    def __init__(self, low, high, begin, end, is_log):
        self._change = math.log10 if is_log else float
        self.low, self.high, self._begin, self._end = low, high, begin, end

    def at(self, value):
        low, high = self._change(self.low), self._change(self.high)
        return self._begin + (self._change(value) - low) / (high - low) * (self._end - self._begin)


def ticks(low, high):
    """1, 2, 5, 10, 20, ... from low to high, both included; more of them within a decade."""
    steps = STEPS if high / low > 10 else FINE_STEPS
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [step * 10.0 ** decade for decade in decades for step in steps
            if low * 0.999 <= step * 10.0 ** decade <= high * 1.001]


def _text(x, y, words, anchor="start", size=13, weight="normal", colour=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}" fill="{colour}">{escape(words)}</text>')


def _line(x1, y1, x2, y2, colour=GRID, width=1.0, dash=""):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashes}/>')


# ---------------------------------------------------------------- bars

def _bar(row, axis, top):
    """From 1 to the ratio, with a stroke where the budget is."""
    name = _text(NAMES - 10, top + BAR - 2, f"{row.what}, {row.against}", "end", 12)
    if row.value is None:
        return [name, _text(axis.at(1) + 6, top + BAR - 2, rows.NOT_MEASURED, size=12, colour=SHORT)]
    verdict = rows.verdict(row)
    colour = COLOURS.get(verdict, SHORT)
    begin, end = sorted((axis.at(1), axis.at(row.value)))
    words = rows.number(row.value, row.unit) + ("" if verdict in COLOURS else f"  {verdict}")
    width = max(end - begin, 1)
    drawn = [name, f'<rect x="{begin:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>']
    places = [end]
    if row.budget is not None:
        places.append(axis.at(row.budget))
        drawn.append(_line(places[1], top - 4, places[1], top + BAR + 4, LIMIT, 2.5))
    return [*drawn, _text(max(places) + 8, top + BAR - 2, words, size=12, colour=colour, weight="bold")]


def _span(found):
    values = [value for row in found for value in (row.value, row.budget) if value]
    return min([0.5, *(value * 0.9 for value in values)]), max([2, *(value * 1.1 for value in values)])


def bars(title, caption, found, top):
    """(drawn, where it ends)"""
    low, high = _span(found)
    axis = Axis(low, high, NAMES, WIDTH - MARGIN - LABELS, is_log=True)
    first, last = top + 52, top + 52 + LINE * len(found)
    drawn = [_text(MARGIN, top + 18, title, size=17, weight="bold"), _text(MARGIN, top + 37, caption, size=12)]
    for value in ticks(low, high):
        place = axis.at(value)
        drawn += [_line(place, first - 6, place, last, INK if value == 1 else GRID),
                  _text(place, last + 15, f"{value:g}×", "middle", 11)]
    for nth, row in enumerate(found):
        drawn += _bar(row, axis, first + nth * LINE)
    return drawn, last + 44


# ---------------------------------------------------------------- growth

def curve(title, points, limit, unit, left, top):
    """`points`: (targets, value); `limit`: (value, words)."""
    right, bottom = left + 400, top + GROWTH_HEIGHT
    high = 1.15 * max(limit[0], *(value for _, value in points))
    across = Axis(points[0][0], points[-1][0], left + 40, right - 20, is_log=True)
    upwards = Axis(0, high, bottom, top + 30, is_log=False)
    step = next(tick for tick in ticks(high / 20, high) if high / tick <= 6)
    drawn = [_text(left, top + 10, title, size=14, weight="bold")]
    for nth in range(int(high / step) + 1):
        place = upwards.at(nth * step)
        drawn += [_line(left + 40, place, right - 20, place),
                  _text(left + 34, place + 4, f"{nth * step:g}{unit}", "end", 11)]
    for count, _ in points:
        drawn.append(_text(across.at(count), bottom + 16, f"{count:,}", "middle", 11))
    drawn.append(_text((left + 20 + right) / 2, bottom + 34, "targets in the list (logarithmic)", "middle", 12))
    place = upwards.at(limit[0])
    drawn += [_line(left + 40, place, right - 20, place, LIMIT, 1.5, "5 4"),
              _text(right - 20, place - 5, limit[1], "end", 11)]
    path = " ".join(f"{across.at(count):.1f},{upwards.at(value):.1f}" for count, value in points)
    drawn.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[MET]}" stroke-width="2.5"/>')
    drawn += [f'<circle cx="{across.at(count):.1f}" cy="{upwards.at(value):.1f}" r="4" fill="{COLOURS[MET]}"/>'
              for count, value in points]
    return drawn


def growth(points, top):
    return [_text(MARGIN, top + 18, "From a hundred to a million targets", size=17, weight="bold"),
            *curve("CPU a check, over that at 10,000", [(point.targets, point.cpu) for point in points],
                   (1.1, "budget at 1,000,000: 1.1×"), "×", MARGIN, top + 40),
            *curve("peak memory, MiB", [(point.targets, point.peak_mib) for point in points],
                   (32, "budget: 32 MiB"), "", MARGIN + 490, top + 40)], top + GROWTH_HEIGHT + 90


# ---------------------------------------------------------------- the whole

def draw(findings):
    """`findings`: {name: Finding}."""
    found = [row for finding in findings.values() for row in finding.rows if row.unit == "×"]
    parts, top = bars("Times as fast as", "More is better; a bar begins at 1×, the black stroke is the budget; "
                      "logarithmic; one core each", [row for row in found if row.is_floor], MARGIN)
    more, top = bars("Times the cost of", "Less is better; to the left of the black stroke is within the budget; "
                     "logarithmic", [row for row in found if not row.is_floor], top)
    parts += more
    for finding in findings.values():
        if finding.growth:
            more, top = growth(finding.growth, top)
            parts += more
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" '
            f'font-family="sans-serif">\n<title>tcpcheck: performance</title>\n'
            f'<rect width="{WIDTH}" height="{top}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")
