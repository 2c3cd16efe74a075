"""`python3 -m ops.graph`: draws each skill's rules and stories into results/graph/.

Rasa's own drawing of them, from the merged domain (`rasa visualize` reads domain.yml alone), laid out here:
Rasa's page fetches its scripts from other sites.
"""

import os
import sys

from ops.children import Children
from ops.environments import RASA, ROOT
from ops.progress import OpsError, Progress

RESULTS = ROOT / "results" / "graph"


def draw(children: Children, progress: Progress) -> None:
    """Raises OpsError with what Rasa said when it could not."""
    command = [str(RASA.interpreter), "-m", "ops.drawing.stories", str(RESULTS)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    env.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="WARNING", PYTHONPATH=str(ROOT))
    with progress.step("rules and stories, drawn"):
        children.run(command, env=env, cwd=ROOT, log=RESULTS / "graph.log", what="drawing")
    progress.say("open results/graph/index.html")


def main() -> int:
    children, progress = Children(), Progress()
    try:
        draw(children, progress)
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
