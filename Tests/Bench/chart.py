"""Line charts as SVG: a logarithmic axis across, a linear one from zero up, a name at the end of each line.

Colours follow the reader's light or dark preference.
"""

import html
import math

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 170, 56, 62
LIGHT = ["#0b62a8", "#b04a00", "#2d7a36", "#7a3fa0"]
DARK = ["#6db5f2", "#f0a05a", "#7fcf8a", "#c79be8"]
MARKS = ["circle", "square", "diamond", "triangle"]

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #222 }
.title { font-size: 15px; font-weight: 600 }
.back { fill: #fff } .grid { stroke: #ddd } .axis { stroke: #666 }
line, polyline { fill: none; stroke-width: 1 } polyline { stroke-width: 2 }
"""


def style():
    light = "".join(
        f".s{i} {{ stroke: {c} }} .m{i} {{ fill: {c} }} text.m{i} {{ fill: {c} }}\n" for i, c in enumerate(LIGHT))
    dark = "".join(f".s{i} {{ stroke: {c} }} .m{i}, text.m{i} {{ fill: {c} }}\n" for i, c in enumerate(DARK))
    return (
        STYLE + light + "@media (prefers-color-scheme: dark) {\ntext { fill: #ddd }\n"
        ".back { fill: #16191d } .grid { stroke: #333a42 } .axis { stroke: #999 }\n" + dark + "}\n")


def ticks(most, about=5):
    """Round numbers from zero to the first that is not below the most."""
    if most <= 0:
        return [0, 1]
    raw = most / about
    unit = 10 ** math.floor(math.log10(raw))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= raw * 0.999)
    return [step * index for index in range(math.ceil(most / step - 1e-9) + 1)]


def number(value):
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


def mark(kind, x, y, index):
    shape = {
        "circle": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"',
        "square": f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
        "diamond": f'<path d="M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z"',
        "triangle": f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"',
    }[kind]
    return f'{shape} class="m{index}"/>'


def spread(places, least=16):
    """Moves labels apart that would lie on each other, keeping their order."""
    moved = dict(places)
    order = sorted(moved, key=moved.get)
    for above, below in zip(order, order[1:]):
        moved[below] = max(moved[below], moved[above] + least)
    return moved


def chart(title, across, up, lines):
    """The text of an SVG. `lines`: name → [(x, y), …]; every x is a place on the axis across."""
    places = sorted({x for points in lines.values() for x, _ in points})
    steps = ticks(max(y for points in lines.values() for _, y in points))
    low, high = math.log(places[0]), math.log(places[-1])

    def x_of(value):
        return LEFT + (math.log(value) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y_of(value):
        return HEIGHT - BOTTOM - value / steps[-1] * (HEIGHT - TOP - BOTTOM)

    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(title)}">',
        f"<title>{html.escape(title)}</title>", f"<style>{style()}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="26">{html.escape(title)}</text>']
    for step in steps:
        y = y_of(step)
        kind = "axis" if step == 0 else "grid"
        parts.append(f'<line class="{kind}" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number(step)}</text>')
    for place in places:
        x = x_of(place)
        parts.append(f'<line class="axis" x1="{x:.1f}" y1="{bottom}" x2="{x:.1f}" y2="{bottom + 5}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 21}" text-anchor="middle">{number(place)}</text>')
    parts.append(
        f'<text x="{(LEFT + right) / 2:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{html.escape(across)}</text>')
    middle = (TOP + bottom) / 2
    parts.append(
        f'<text x="18" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 18 {middle:.1f})">'
        f"{html.escape(up)}</text>")
    labels = spread({name: y_of(sorted(points)[-1][1]) for name, points in lines.items()})
    for index, (name, points) in enumerate(lines.items()):
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in sorted(points))
        parts.append(f'<polyline class="s{index}" points="{path}"/>')
        parts += [mark(MARKS[index], x_of(x), y_of(y), index) for x, y in points]
        parts.append(f'<text class="m{index}" x="{right + 12}" y="{labels[name] + 4:.1f}">{html.escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
