"""The web server of `manage.py up`: gunicorn, run inside the command's own process, on a port that was taken beforehand."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable

from django.db import connections
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from erqi.embedded.errors import OperatorError

WORKERS = 2
THREADS = 4
# Building a workbook of ten thousand rows or reading one in takes seconds, on a busy machine many of them.
_REQUEST_SECONDS = 120


class WebServer(BaseApplication):
    """gunicorn with threads on a socket that is bound already, so that nothing can take the port between check and use."""

    def __init__(self, listener: socket.socket, *, ready: Callable[[], None], forked: Callable[[], None], workers: int) -> None:
        self._listener = listener
        self._ready = ready
        self._forked = forked
        self._workers = workers
        super().__init__()

    def load_config(self) -> None:
        values = {
            "bind": f"fd://{os.dup(self._listener.fileno())}",
            "workers": self._workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": _REQUEST_SECONDS,
            "graceful_timeout": 10,
            "keepalive": 15,
            "limit_request_line": 8190,  # Chinese words in a filter triple in length when they are encoded
            "loglevel": "warning",
            "proc_name": "erqi",
            "control_socket_disable": True,
            # The workers' heartbeat is a file; on a slow disk writing it could block them.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
            "when_ready": lambda arbiter: self._ready(),
            "post_fork": lambda arbiter, worker: self._forked(),
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., object]:
        from erqi.wsgi import application  # noqa: PLC0415 - each worker loads it after the fork

        return application


class _Arbiter(Arbiter):
    """gunicorn's master; a closed terminal stops it, unless nohup said otherwise, since there is nothing to reload here."""

    def __init__(self, app: BaseApplication) -> None:
        self._stays = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        super().__init__(app)

    def handle_hup(self) -> None:
        if not self._stays:
            raise StopIteration


def serve(listener: socket.socket, *, ready: Callable[[], None], forked: Callable[[], None] = lambda: None, workers: int = WORKERS) -> None:
    """Serve until SIGINT or SIGTERM, then return; requests under way are finished.

    `ready` is called when connections are accepted, `forked` in each new worker. Raises SystemExit when the workers cannot
    start; gunicorn has written the cause by then.
    """
    connections.close_all()  # a connection must not be shared by the processes forked now
    own = os.getpid()
    try:
        _Arbiter(WebServer(listener, ready=ready, forked=forked, workers=workers)).run()
    except SystemExit as exit_:
        if os.getpid() != own:
            # A worker ends here, inside a copy of the whole command: it must not go on to stop what its parent started.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(exit_.code if isinstance(exit_.code, int) else 1)
        if exit_.code:
            raise


def take_port(host: str, port: int, *, patience: float = 0) -> socket.socket:
    """Return a socket bound to the address, waiting `patience` seconds for one that is being given up.

    Raises OperatorError with the remedy when the address is in use, needs more rights or does not belong to this machine.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return _bind(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < until:
                time.sleep(0.1)
                continue
            raise OperatorError(_why_not(error, host, port)) from error


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two sockets may be bound to one address as long as neither listens: listening is what claims the port.
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8001
        return f"端口 {port} 已被其他程序占用：请停止那个程序，或换一个端口，例如 python manage.py up --port {other}。"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"没有权限使用端口 {port}（1024 以下的端口需要管理员权限）：请换一个端口，例如 python manage.py up --port 8000。"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"地址 {host} 不属于本机：请用 --host 127.0.0.1（仅本机）或 --host 0.0.0.0（所有网卡）。"
    return f"无法在 {host}:{port} 上提供服务（{error.strerror}）：请换一个地址或端口。"
