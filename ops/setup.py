"""`python3 -m ops.setup [--stock] [--dev]`: makes or updates the environments, side by side."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import List, Optional

from ops import environments
from ops.children import Children
from ops.environments import CORE, DEV, RASA, RASA_DEV, STOCK, Environment
from ops.progress import OpsError, Progress


def make_all(wanted: List[Environment], children: Children, progress: Progress) -> None:
    """Bring all of them up to date at once. Raises OpsError of the first that failed."""
    if all(environments.is_current(one) for one in wanted):
        progress.say("environments: up to date")
        return
    uv = environments.uv_for(children, progress)
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        for job in [pool.submit(environments.make, one, uv, children, progress) for one in wanted]:
            job.result()


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="ops.setup", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what checks and tests need")
    parser.add_argument(
        "--stock", action="store_true", help="also Rasa as its makers pin it, with TensorFlow, on 3.10"
    )
    options = parser.parse_args(argv)
    wanted = [DEV, RASA_DEV] if options.dev else [CORE, RASA]
    wanted += [STOCK] if options.stock else []
    children, progress = Children(), Progress()
    try:
        make_all(wanted, children, progress)
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
