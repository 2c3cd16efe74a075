"""`-m ops.drawing.stories FOLDER`, in Rasa's environment: the merged domain, a .dot a skill, a page."""

import importlib
import sys
from pathlib import Path
from typing import Any, Dict

from ops.drawing.page import Graph, Node, page

_LONGEST_HISTORY = 2


def main(folder: Path) -> None:
    importlib.import_module("distutils.util")  # first: setuptools can't bring it while Rasa is half there
    from rasa.shared.core.training_data import loading, visualization
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    domain = importer.get_domain()
    folder.mkdir(parents=True, exist_ok=True)
    domain.persist(folder / "domain.yml")
    graphs: Dict[str, Graph] = {}
    for skill in sorted(path for path in Path("data").iterdir() if path.is_dir()):
        steps = loading.load_data_from_resource(str(skill), domain)
        if steps:
            drawn = visualization.visualize_stories(steps, domain, None, _LONGEST_HISTORY)
            graphs[skill.name] = read(drawn, set(domain.intents), visualization.START_NODE_ID)
            (folder / f"{skill.name}.dot").write_text(dot(graphs[skill.name]), encoding="utf-8")
    (folder / "index.html").write_text(page(graphs), encoding="utf-8")


def read(drawn: Any, intents: Any, start: int) -> Graph:
    """Rasa's graph as ours."""
    nodes = {}
    for one, data in drawn.nodes(data=True):
        label = str(data.get("label", one)).strip('"').lstrip("/")
        # A response may be named like an intent; only a shopper's node has corners.
        said = data.get("shape") == "rect" and label in intents
        kind = "end" if label in ("START", "...") else "action"
        if label != "END":  # every way ends somewhere
            nodes[one] = Node(label, "intent" if said else kind)
    return Graph(start, nodes, [(a, b) for a, b in dict.fromkeys(drawn.edges()) if b in nodes])


def dot(graph: Graph) -> str:
    """For whoever has Graphviz."""
    lines = [f'  "{one}" [label="{node.label}", shape=box];' for one, node in graph.nodes.items()]
    lines += [f'  "{one}" -> "{other}";' for one, other in graph.edges]
    return "\n".join(["digraph {", "  rankdir=LR;", *lines, "}", ""])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
