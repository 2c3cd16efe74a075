"""A second origin: pages of another site that embed the widget, under a policy as strict as the shop's."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(__file__).parent / "embed"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css"}


class Embedder:
    """Serves the folder `embed` on `origin` (http://localhost:PORT), with {{shop}} as the shop's address."""

    def __init__(self, shop: str, port: int = 0) -> None:
        socket = shop.replace("http", "ws", 1)
        policy = "; ".join(
            (
                "default-src 'none'",
                f"script-src {shop}",
                "style-src 'self'",
                f"connect-src {shop} {socket}",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            )
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = FOLDER / self.path.strip("/")
                found = path.suffix in TYPES and path.is_file()
                body = path.read_text(encoding="utf-8").replace("{{shop}}", shop) if found else ""
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", TYPES.get(path.suffix, "text/plain"))
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """A test's output is its own."""

        self._server = ThreadingHTTPServer(("localhost", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.origin = f"http://localhost:{self._server.server_address[1]}"

    def __enter__(self) -> "Embedder":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
