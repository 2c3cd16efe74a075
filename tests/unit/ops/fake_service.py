"""A service for the supervisor's tests: `fake_service.py PORT [--never-healthy] [--die-after-health CODE]
[--deaf] [--with-child FILE]`. Answers any GET with 200."""

import argparse
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

options_parser = argparse.ArgumentParser()
options_parser.add_argument("port", type=int)
options_parser.add_argument("--never-healthy", action="store_true")
options_parser.add_argument("--die-after-health", type=int)
options_parser.add_argument("--deaf", action="store_true")
options_parser.add_argument("--with-child", type=Path)
options = options_parser.parse_args()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if options.never_healthy else 200)
        self.end_headers()
        if options.die_after_health is not None:
            sys.stdout.write("last words\n")
            sys.stdout.flush()
            threading.Timer(0.05, os._exit, (options.die_after_health,)).start()

    def log_message(self, *_: object) -> None:
        pass


if options.deaf:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if options.with_child:
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    options.with_child.write_text(str(child.pid))
HTTPServer(("127.0.0.1", options.port), Handler).serve_forever()
