"""The picture of rules and stories: every node and edge, and nothing from another site."""

import re

from ops.drawing.page import Graph, Node, page, places, svg
from ops.drawing.stories import dot

GRAPH = Graph(
    0,
    {
        0: Node("START", "end"),
        1: Node("greet", "intent"),
        2: Node("utter_<hello>", "action"),
        3: Node("stop", "intent"),
        4: Node("lonely", "action"),
    },
    [(0, 1), (1, 2), (2, 1), (0, 3), (3, 2)],
)


def test_each_node_has_its_column_and_a_row_of_its_own() -> None:
    columns, rows = places(GRAPH)
    assert columns == {0: 0, 1: 1, 2: 2, 3: 1, 4: 0}
    assert len({(columns[one], rows[one]) for one in GRAPH.nodes}) == len(GRAPH.nodes)


def test_every_node_and_edge_is_drawn_and_labels_are_text() -> None:
    drawn = svg(GRAPH)
    assert drawn.count("<rect ") == len(GRAPH.nodes)
    assert drawn.count("<path ") == len(GRAPH.edges)
    assert "utter_&lt;hello&gt;" in drawn


def test_the_page_asks_no_other_site_for_anything() -> None:
    text = page({"smalltalk": GRAPH, "help": GRAPH})
    assert text.count("<svg ") == 2
    assert re.findall(r"https?:|//|<script|<link|<img|@import|url\(", text) == []


def test_the_dot_file_holds_the_same() -> None:
    text = dot(GRAPH)
    assert text.count("label=") == len(GRAPH.nodes)
    assert text.count("->") == len(GRAPH.edges)
