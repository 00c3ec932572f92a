"""How long the API takes to answer one client on one connection, and how many round trips to storage and table that takes."""

import os
import time

import media
from common import MIB, percentile, say
from local import System, put
from report import Table

PDF = b"%PDF-1.4\n" + b"%" * 1015
PART_BYTES = 16 * MIB
# What DESIGN, section 8, allows: waves, and of these to storage.
BUDGETS = {"initiate, single": (1, 0), "initiate, multipart": (2, 1), "complete, single": (2, 1),
           "complete, multipart": (3, 1), "get": (1, 0), "list, 50 assets": (1, 0), "data": (1, 0)}


def measure(programs, count):
    say("latency of the API")
    variables = {"MAX_ACTIVE_UPLOADS": 100_000, "QUOTA_MB": 1_000_000}
    with System(programs.local, dict(os.environ), **variables) as system:
        client = Client(system)
        for _ in range(20):
            # The first requests open connections; they are not what a warm function's client sees.
            client.single()
        client.forget()
        begun = [client.begin_single() for _ in range(count)]
        for upload in begun:
            put(upload["url"], PDF, upload["headers"])
        for upload in begun:
            client.complete_single(upload)
            # Its inspection has the machine to itself, so that it is not in the way of the next.
            client.user.until_ready(upload)
        for upload in begun:
            client.timed("get", "GET", f"/v1/assets/{upload['assetId']}")
            client.timed("data", "GET", f"/v1/assets/{upload['assetId']}/data")
            client.timed("list, 50 assets", "GET", "/v1/assets?limit=50")
        part = media.mp4_head().ljust(PART_BYTES, b"\0")
        for _ in range(max(5, count // 20)):
            client.multipart(part)
        return client.table(count)


class Client:
    def __init__(self, system):
        self.system = system
        self.user = system.user("bench")
        self.seen = 0
        self.forget()

    def forget(self):
        self.times, self.waves = {}, {}

    def timed(self, name, method, path, body=None):
        times = self.times.setdefault(name, [])
        counts_waves = len(times) < 10
        if counts_waves:
            self.log()
        start = time.perf_counter()
        answer = self.user.ask(method, path, body)
        times.append(time.perf_counter() - start)
        if counts_waves:
            self.count_waves(name)
        return answer

    def log(self):
        """What storage and table were asked since the last call."""
        log = self.system.local("GET", f"requests?since={self.seen}")
        self.seen = log["next"]
        return log["requests"]

    def count_waves(self, name):
        """Takes note of the waves that the function has just made: the fewest are right, for requests that were sent
        together on a busy machine may happen not to overlap, but those that wait for each other never do."""
        functions = {"initiate": "initiate-upload", "complete": "complete-upload", "data": "serve-data"}
        function = functions.get(name.split(",")[0], "manage-assets")
        asked = waves([one for one in self.log() if one["by"] == function])
        storage = sum(any(one["service"] == "storage" for one in wave) for wave in asked)
        self.waves[name] = min(self.waves.get(name, (len(asked), storage)), (len(asked), storage))

    def begin_single(self):
        body = {"filename": "page.pdf", "contentType": "application/pdf", "size": len(PDF)}
        return self.timed("initiate, single", "POST", "/v1/uploads", body)

    def complete_single(self, upload):
        self.timed("complete, single", "POST", f"/v1/uploads/{upload['uploadId']}/complete", {})

    def single(self):
        upload = self.begin_single()
        put(upload["url"], PDF, upload["headers"])
        self.complete_single(upload)
        self.user.until_ready(upload)

    def multipart(self, part):
        body = {"filename": "film.mp4", "contentType": "video/mp4", "size": len(part) + 1}
        upload = self.timed("initiate, multipart", "POST", "/v1/uploads", body)
        etags = [put(one["url"], piece, {}) for one, piece in zip(upload["parts"], (part, b"\0"))]
        parts = [{"partNumber": number, "etag": etag} for number, etag in enumerate(etags, start=1)]
        self.timed("complete, multipart", "POST", f"/v1/uploads/{upload['uploadId']}/complete", {"parts": parts})
        self.user.until_ready(upload)

    def table(self, count):
        table = Table("Latency of the API on the local system", ["request", "times", "p50", "p99", "round trips",
                                                                 "of storage", "limit", ""])
        for name, budget in BUDGETS.items():
            times, found = self.times[name], self.waves[name]
            verdict = "met" if found[0] <= budget[0] and found[1] <= budget[1] else "not met"
            table.add(name, len(times), f"{percentile(times, 50) * 1000:.1f} ms", f"{percentile(times, 99) * 1000:.1f} ms",
                      found[0], found[1], f"{budget[0]}, {budget[1]}", verdict)
        return table


def waves(asked):
    """Groups requests that were under way together: a wave ends when all that began in it have ended."""
    grouped, end = [], 0
    for one in sorted(asked, key=lambda one: one["startedAtMicros"]):
        if one["startedAtMicros"] >= end or not grouped:
            grouped.append([])
        end = max(end, one["endedAtMicros"])
        grouped[-1].append(one)
    return grouped
