"""`python3 -m ops.run`: sets up what is missing, trains, runs both processes as one."""

import argparse
import os
import sys
from typing import Dict, List, Mapping, Optional

from ops import environments, settings, shop
from ops.children import Children
from ops.environments import CORE, RASA, ROOT
from ops.lock import HomeLock
from ops.progress import OpsError, Progress
from ops.supervisor import Service, Supervisor
from ops.training import Model


def services(
    options: argparse.Namespace, config: settings.Settings, children: Children, progress: Progress
) -> List[Service]:
    """The two halves, each with what must be done before it starts."""
    rasa_log = config.home / "rasa" / "rasa.log"

    def prepare_rasa() -> List[str]:
        environments.make(RASA, uv, children, progress)
        model = Model().ensure(children, progress)
        return [
            str(RASA.folder / "bin" / "rasa"),
            "run",
            "--model",
            str(model),
            "--interface",
            "127.0.0.1",
            "--port",
            config.rasa_port,
            "--endpoints",
            options.endpoints,
            "--credentials",
            "credentials.yml",
        ]

    def prepare_core() -> List[str]:
        environments.make(CORE, uv, children, progress)
        shop.ensure(options.store, config, children, progress)
        return [*shop.countersign(), "serve"]

    uv = environments.uv_for(children, progress)
    return [
        Service(
            "rasa", prepare_rasa, config.for_rasa(), ROOT, rasa_log, config.rasa + "/webhooks/countersign/"
        ),
        Service(
            "core",
            prepare_core,
            config.for_core(),
            ROOT,
            config.home / "log" / "core.log",
            config.public + "/healthz",
        ),
    ]


def main(argv: Optional[List[str]] = None) -> int:
    options = parser().parse_args(argv)
    children, progress = Children(), Progress()
    try:
        given = _pairs(options.env)
        config = settings.load(options.home, os.environ, given, auto_ports=options.ports == "auto")
        with HomeLock(config.home) as lock:
            settings.refuse_taken_ports(config)

            def on_ready(pids: Mapping[str, int]) -> None:
                lock.note(f"pid {os.getpid()}, {config.url}")
                progress.line(f"Ready: {config.url}")
                if options.json_ready:
                    progress.line(settings.as_json(config, {"supervisor": os.getpid(), **pids}))

            return Supervisor(services(options, config, children, progress), children, progress).run(on_ready)
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1


def parser() -> argparse.ArgumentParser:
    """The options; tests and benches use all of them."""
    made = argparse.ArgumentParser(prog="ops.run", description=__doc__)
    made.add_argument("--home", metavar="DIR", help="COUNTERSIGN_HOME of this instance (default: ./var)")
    made.add_argument("--store", metavar="FILE", help="the shop to load; `demo` for the one made here")
    made.add_argument(
        "--ports", choices=("settled", "auto"), default="settled", help="auto: free ones on 127.0.0.1"
    )
    made.add_argument("--endpoints", metavar="FILE", default="endpoints.yml", help="Rasa's endpoints file")
    made.add_argument(
        "--env", metavar="NAME=VALUE", action="append", default=[], help="a COUNTERSIGN_ variable"
    )
    made.add_argument(
        "--json-ready", action="store_true", help="after the Ready line, print one line of JSON"
    )
    return made


def _pairs(texts: List[str]) -> Dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.startswith("COUNTERSIGN_"):
            raise OpsError(f"--env {text}: expected COUNTERSIGN_NAME=VALUE")
        pairs[name] = value
    return pairs


if __name__ == "__main__":
    sys.exit(main())
