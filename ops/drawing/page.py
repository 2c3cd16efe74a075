"""Graphs as one HTML page of SVG: no script, no font, no picture from anywhere else."""

from html import escape
from typing import Dict, List, NamedTuple, Tuple

_ROW, _GAP, _LETTER, _PAD, _HEIGHT = 44, 60, 7.4, 12, 28
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b2330; background: #fff }
h2 { margin: 2rem 0 .5rem } svg { max-width: none } nav a { margin-right: 1rem }
.intent rect { fill: #e8f0fe; stroke: #3b6fd1 } .action rect { fill: #e9f6ec; stroke: #2f8a4c }
.end rect { fill: #f2f2f2; stroke: #8a8a8a } path { fill: none; stroke: #7a8699; stroke-width: 1.4 }
text { font: 12px ui-monospace, monospace; dominant-baseline: central; text-anchor: middle }
"""


class Node(NamedTuple):
    """`kind`: intent, action or end."""

    label: str
    kind: str


class Graph(NamedTuple):
    """Nodes by id, and edges; `start` is where each way begins."""

    start: int
    nodes: Dict[int, Node]
    edges: List[Tuple[int, int]]


def page(graphs: Dict[str, Graph]) -> str:
    links = "".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in graphs)
    drawn = "".join(
        f'<h2 id="{escape(name)}">{escape(name)}</h2>\n{svg(one)}\n' for name, one in graphs.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Rules and stories</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>Rules and stories</h1>\n<p>Blue is what a shopper wants, "
        f"green what the assistant does.</p>\n<nav>{links}</nav>\n{drawn}</body></html>\n"
    )


def svg(graph: Graph) -> str:
    """From left to right: a column a step, a row a way."""
    columns, rows = places(graph)
    widths: Dict[int, float] = {}
    for one, node in graph.nodes.items():
        width = len(node.label) * _LETTER + 2 * _PAD
        widths[columns[one]] = max(widths.get(columns[one], 0), width)
    left, reach = {}, 10.0
    for column in range(max(widths) + 1):
        left[column] = reach
        reach += widths.get(column, 0) + _GAP
    parts = []
    for one, other in graph.edges:
        ends = left[columns[one]] + widths[columns[one]], left[columns[other]]
        parts.append(_edge(ends[0], _middle(rows[one]), ends[1], _middle(rows[other])))
    for one, node in graph.nodes.items():
        parts.append(_box(node, left[columns[one]], widths[columns[one]], rows[one]))
    height = (max(rows.values()) + 1) * _ROW + 10
    return f'<svg width="{reach:.0f}" height="{height:.0f}" role="img">{"".join(parts)}</svg>'


def places(graph: Graph) -> Tuple[Dict[int, int], Dict[int, float]]:
    """Of each node its column (the fewest steps from the start) and its row."""
    after: Dict[int, List[int]] = {}
    for one, other in graph.edges:
        after.setdefault(one, []).append(other)
    columns, children, waiting = {graph.start: 0}, {}, [graph.start]
    for one in waiting:  # grows while it is read
        fresh = [other for other in dict.fromkeys(after.get(one, ())) if other not in columns]
        children[one] = fresh
        columns.update(dict.fromkeys(fresh, columns[one] + 1))
        waiting += fresh
    rows: Dict[int, float] = {}
    free = 0
    for one in _leaves_first(graph.start, children):
        below = children[one]
        rows[one] = sum(rows[other] for other in below) / len(below) if below else free
        free += 0 if below else 1
    for one in graph.nodes:  # what nothing leads to
        if one not in rows:
            columns[one], rows[one], free = 0, free, free + 1
    return columns, rows


def _leaves_first(start: int, children: Dict[int, List[int]]) -> List[int]:
    order, waiting = [], [start]
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting += children[one]
    return order[::-1]


def _edge(x: float, y: float, to_x: float, to_y: float) -> str:
    bend = _GAP / 2
    bends = f"{x + bend:.0f} {y:.0f} {to_x - bend:.0f} {to_y:.0f}"
    return f'<path d="M{x:.0f} {y:.0f} C{bends} {to_x:.0f} {to_y:.0f}"/>'


def _box(node: Node, x: float, width: float, row: float) -> str:
    y, label = _middle(row), escape(node.label)
    return (
        f'<g class="{node.kind}"><rect x="{x:.0f}" y="{y - _HEIGHT / 2:.0f}" width="{width:.0f}" '
        f'height="{_HEIGHT}" rx="5"/><text x="{x + width / 2:.0f}" y="{y:.0f}">{label}</text></g>'
    )


def _middle(row: float) -> float:
    return row * _ROW + _ROW / 2
