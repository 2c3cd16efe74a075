"""A relay on loopback that records every byte of both directions: what Rasa hears and says."""

import contextlib
import socket
import threading
from pathlib import Path


class Relay:
    """Listens on a free port of 127.0.0.1 and passes on to `target` (host, port), set when known."""

    def __init__(self, record: Path) -> None:
        self._record = record.open("ab")
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.target: tuple[str, int] | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            self._record.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        """One connection, to its end on both sides."""
        with near:
            if self.target is None:
                return
            try:
                far = socket.create_connection(self.target, timeout=5)
            except OSError:
                return
            with far:
                far.settimeout(None)
                back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
                back.start()
                self._pump(near, far)
                back.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                with self._lock:
                    if not self._record.closed:
                        self._record.write(data)
                        self._record.flush()
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
