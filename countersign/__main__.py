"""The command line: `countersign serve`, `countersign store import FILE`, …"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from countersign import config, logs, staff_commands
from countersign.bootstrap import Core
from countersign.kit.errors import CountersignError
from countersign.serving import serve
from countersign.store.archive import dump_store, import_store, seed_store
from countersign.vault.keyring import KeyRing


def main(argv: list[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    logs.set_up()
    try:
        core = Core(config.load())
        run: Callable[[Core, argparse.Namespace], int] = options.run
        return run(core, options)
    except (config.ConfigError, CountersignError) as error:
        sys.stderr.write(f"countersign: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _serve(core: Core, options: argparse.Namespace) -> int:
    asyncio.run(serve(core))
    return 0


def _import(core: Core, options: argparse.Namespace) -> int:
    import_store(core.store, options.file, _bar)
    return 0


def _seed(core: Core, options: argparse.Namespace) -> int:
    seed_store(core.store, _bar)
    return 0


def _dump(core: Core, options: argparse.Namespace) -> int:
    dump_store(core.store, options.file)
    return 0


def _verify(core: Core, options: argparse.Namespace) -> int:
    found = core.audit.verify()
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"audit log: {len(found)} problems\n")
    return 1 if found else 0


def _create_keys(core: Core, options: argparse.Namespace) -> int:
    KeyRing.create(core.settings.keys)
    sys.stdout.write(f"made {core.settings.keys}: keep a copy where the data is not\n")
    return 0


def _bar(done: int, total: int) -> None:
    if sys.stderr.isatty():
        width = 30 * done // max(total, 1)
        sys.stderr.write(f"\r[{'#' * width}{'.' * (30 - width)}] {done}/{total}")
        sys.stderr.write("\n" if done >= total else "")
        sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="countersign", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="start the core's sockets").set_defaults(run=_serve)
    store = commands.add_parser("store", help="the shop's data").add_subparsers(required=True, metavar="WHAT")
    importing = store.add_parser("import", help="replace the shop by the one in FILE")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.set_defaults(run=_import)
    dumping = store.add_parser("dump", help="write the shop as a store file")
    dumping.add_argument("file", type=Path, metavar="FILE", nargs="?")
    dumping.set_defaults(run=_dump)
    store.add_parser("seed", help="replace the shop by the demo shop").set_defaults(run=_seed)
    keys = commands.add_parser("keys", help="the vault's keys").add_subparsers(required=True, metavar="WHAT")
    keys.add_parser("create", help="make the keys of a new installation").set_defaults(run=_create_keys)
    audit = commands.add_parser("audit", help="the audit log").add_subparsers(required=True, metavar="WHAT")
    audit.add_parser("verify", help="check the chain").set_defaults(run=_verify)
    staff_commands.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
