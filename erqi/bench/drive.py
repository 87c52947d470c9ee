"""Clients that ask a server for a page again and again over kept connections, as browsers of one office do."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

from erqi.bench.cpu import between
from erqi.bench.serve import Server

_TIMEOUT = 300
# Both workers of the server load their templates before anything counts; a kept connection stays with one of them.
_WARM_UP = 4


@dataclass(frozen=True)
class Target:
    """What is asked for: server and address of the page, and the session cookie that goes with it (none for the bare page); `before` is
    done before each request and not timed."""

    server: Server
    url: str
    cookie: str = ""
    before: Callable[[], object] | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie} if self.cookie else {}


@dataclass
class Answers:
    """What came back: seconds of each answer, the last one's status and bytes, where it led to; processor time used for all of them
    in seconds (None where it is not known)."""

    seconds: list[float] = field(default_factory=list)
    status: int = 0
    length: int = 0
    location: str = ""
    elapsed: float = 0.0
    processor: float | None = None

    @property
    def count(self) -> int:
        return len(self.seconds)

    @property
    def median_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        return (quantiles(self.seconds, n=20, method="inclusive")[-1] if self.count > 1 else self.seconds[0]) * 1000

    @property
    def processor_ms(self) -> float | None:
        """Processor time per answer."""
        return None if self.processor is None else self.processor / self.count * 1000

    @property
    def per_second(self) -> float:
        return self.count / self.elapsed if self.elapsed else 0.0


class Client:
    """One kept connection to a server."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection = http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=_TIMEOUT)

    def ask(self, answers: Answers | None = None) -> Answers:
        """Ask once and note the answer."""
        answers = answers if answers is not None else Answers()
        if self._target.before is not None:
            self._target.before()
        begun = time.perf_counter()
        self._connection.request("GET", self._target.url, headers=self._target.headers)
        response = self._connection.getresponse()
        body = response.read()
        answers.seconds.append(time.perf_counter() - begun)
        answers.status, answers.length, answers.location = response.status, len(body), response.headers.get("Location", "")
        return answers

    def close(self) -> None:
        self._connection.close()


def first_answer(target: Target) -> Answers:
    """Ask on connections of their own until both workers have answered, and return the last answer."""
    for _ in range(_WARM_UP):
        client = Client(target)
        answers = client.ask()
        client.close()
        if answers.status != http.HTTPStatus.OK:
            break
    return answers


def in_turns(targets: list[Target], requests: int, seconds: float) -> list[Answers]:
    """Ask the targets one after the other, again and again, by one client each: what disturbs the machine disturbs them alike.

    At most so many requests each and so many seconds in all, at least three requests each.
    """
    clients = [Client(target) for target in targets]
    found = [Answers() for _ in targets]
    before = [target.server.meter.read() for target in targets]
    begun = time.monotonic()
    for number in range(requests):
        if number >= 3 and time.monotonic() - begun > seconds:
            break
        for client, answers in zip(clients, found, strict=True):
            client.ask(answers)
    for target, client, answers, used in zip(targets, clients, found, before, strict=True):
        answers.processor = between(used, target.server.meter.read())
        client.close()
        answers.elapsed = sum(answers.seconds)
    return found


def at_once(target: Target, clients: int, requests: int, seconds: float) -> Answers:
    """Let several clients ask at the same time, so many requests in all or so many seconds, each client at least once."""
    left = threading.Semaphore(max(requests - clients, 0))
    until = time.monotonic() + seconds
    each = [Answers() for _ in range(clients)]
    trouble: list[Exception] = []

    def work(answers: Answers) -> None:
        client = Client(target)
        try:
            client.ask(answers)
            while time.monotonic() < until and left.acquire(blocking=False):
                client.ask(answers)
        except (OSError, http.client.HTTPException) as error:
            trouble.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=work, args=(answers,)) for answers in each]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]
    together = Answers(elapsed=time.monotonic() - begun, status=each[-1].status, length=each[-1].length)
    together.seconds = [second for answers in each for second in answers.seconds]
    return together
