"""The one public method the page can call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from engine.api import Engine

THREADS = 4


class Bridge:
    """Exposed to the page. pywebview walks public attributes, so there is exactly one: `call`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="bridge")

    def call(self, name: str, body: str) -> str:
        """Answer with JSON text. pywebview calls this on a thread of its own each time; the work has its own few."""
        name, body = str(name), body if isinstance(body, str) else ""
        if name.startswith("dialog."):  # a dialog waits for a person, and must not hold one of the few
            return self._engine.call(name, body)
        try:
            return self._pool.submit(self._engine.call, name, body).result()
        except RuntimeError:
            return '{"error":{"code":"closing","message":"Pickwise is closing.","hint":""}}'

    def _close(self) -> None:
        self._pool.shutdown()
