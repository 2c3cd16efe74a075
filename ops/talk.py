"""`python3 -m ops.talk [--url URL]`: chat in the terminal, as a shopper, through the chat API.

With the instance that runs on this machine, or with a fresh one of its own that ends with the talk.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import List, Optional, TextIO

from ops import instance
from ops.progress import OpsError, Progress
from ops.shopper import Shopper
from ops.training import Model

HINT = (
    "Write what a shopper would; a number presses a button. «:code ADDRESS» shows the code that a demo\n"
    "mailed there, «:new» begins a new chat, Ctrl-D ends."
)


def talk(url: str, lines: TextIO, progress: Progress) -> None:
    """Answer each line until there are no more. Raises OpsError when no one answers at `url`."""
    shopper = Shopper(url)
    progress.line(f"Talking with {url}\n{HINT}\n\n{shopper.notice}")
    prompt = "\nyou> " if lines.isatty() else ""
    while True:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = lines.readline()
        if not line:
            return
        if not prompt:
            progress.line("\nyou> " + line.strip())
        if line.strip() == ":new":
            shopper = Shopper(url)
            continue
        try:
            said = _answer(shopper, line.strip())
        except OpsError as error:
            said = [str(error)]
        progress.line("\n".join("bot> " + one for one in said))


def _answer(shopper: Shopper, line: str) -> List[str]:
    if line.startswith(":code "):
        code = shopper.code_for(line[len(":code ") :].strip())
        return [f"(the code is {code})" if code else "(no code was mailed there)"]
    return shopper.send(line) if line else []


def running(progress: Progress) -> Optional[str]:
    """Where an instance of this work tree answers, if one does."""
    url = "http://" + os.environ.get("COUNTERSIGN_PUBLIC", "127.0.0.1:8000")
    try:
        Shopper(url)
    except OpsError:
        return None
    if Model().checked() is None:
        progress.line(f"{url} was trained before the data changed: restart it to hear the change")
    return url


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="ops.talk", description=__doc__)
    parser.add_argument("--url", metavar="URL", help="of a running instance")
    options = parser.parse_args(argv)
    progress = Progress()
    try:
        url = options.url or running(progress)
        if url:
            talk(url, sys.stdin, progress)
            return 0
        with tempfile.TemporaryDirectory() as home:
            with progress.step("a fresh instance with the demo shop (trains if needed)"):
                started = instance.start(Path(home), "demo")
            with started:
                talk(started.url, sys.stdin, progress)
    except OpsError as error:
        progress.line(str(error))
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
