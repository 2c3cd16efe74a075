"""`.venv/bin/python -m ops.stories`: names each fault of the words with file and line, in seconds."""

import argparse
import sys
from pathlib import Path
from typing import List, Optional

import yaml

from ops.environments import ROOT
from ops.words import faults


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="ops.stories", description=__doc__)
    parser.add_argument(
        "--root", type=Path, default=ROOT, metavar="DIR", help="the house (default: this one)"
    )
    options = parser.parse_args(argv)
    try:
        found = faults.find(options.root)
    except yaml.MarkedYAMLError as error:
        found = [f"no YAML: {error}"]
    for fault in found:
        sys.stdout.write(fault + "\n")
    sys.stdout.write(f"{len(found)} faults in rules, stories and words\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
