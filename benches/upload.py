"""A large upload: the page's client in Chromium beside curl, to the same storage, in turns.

- `curl -T`: one PUT of the whole file to a presigned URL, the yardstick of the contract;
- `curl`, parts: what the page's client does, done by curl: initiate, the same parts, six at a time, complete;
- the page's client: from `upload(file)` until the service has answered that the upload is complete.

Before each, what the one before has written is deleted and the disk is left to settle.
"""

import json
import os
import resource
import shutil
import subprocess
import time
import urllib.request

import fixtures
from common import BENCHES, MIB, cpu_seconds, forget_peak_rss, median, peak_rss, run, say
from local import System
from report import Row, Table

PARALLEL = 6


def measure(programs, peers, size, rounds):
    # Room for every round, and deleted bytes go at the next sweep.
    variables = {"QUOTA_MB": 1_000_000, "DELETED_TTL_SECONDS": 0}
    with System(programs.local, dict(os.environ), **variables) as system:
        say(f"making a file of {size // MIB} MiB")
        file = system.folder / "film.mp4"
        fixtures.video(file, size)
        uploads = Uploads(system, peers, file, size)
        ways = {"curl -T, one PUT": uploads.whole, f"curl, {PARALLEL} parts at a time": uploads.parts,
                "page's client, Chromium": uploads.page}
        found = {name: [] for name in ways}
        names = list(ways)
        for number in range(rounds):
            for name in names[number % len(names):] + names[:number % len(names)]:
                result = uploads.measured(ways[name])
                say(f"round {number + 1}: {name}: {size / MIB / result['seconds']:.0f} MiB/s")
                found[name].append(result)
    return tables(found, size)


def tables(found, size):
    speeds = {name: [size / MIB / one["seconds"] for one in runs] for name, runs in found.items()}
    yardstick, _, client = found
    amount = f"{size >> 30} GiB" if size >> 30 else f"{size // MIB} MiB"
    table = Table(f"Upload of {amount} to the local storage",
                  ["way", "median", "each round, MiB/s", "to curl -T", "server: CPU", "peak RSS", "client: CPU", "page's RSS"])
    for name, runs in found.items():
        ratio = median(speeds[name]) / median(speeds[yardstick])
        rss = [one["page_rss"] for one in runs if one["page_rss"]]
        table.add(name, f"{median(speeds[name]):.0f} MiB/s", ", ".join(f"{speed:.0f}" for speed in speeds[name]),
                  f"{ratio:.2f}×", f"{median([one['server_cpu'] for one in runs]):.1f} s",
                  f"{max(one['server_rss'] for one in runs) / MIB:.0f} MiB",
                  f"{median([one['client_cpu'] for one in runs]):.1f} s", f"{max(rss) / MIB:.0f} MiB" if rss else "")
    ratio = median(speeds[client]) / median(speeds[yardstick])
    return table, Row(f"upload of {amount}, page's client", f"{median(speeds[client]):.0f} MiB/s",
                      "curl -T", f"{median(speeds[yardstick]):.0f} MiB/s", f"{ratio:.2f}×", "≥ 0.80×", ratio >= 0.8)


class Uploads:
    def __init__(self, system, peers, file, size):
        self.system, self.peers, self.file, self.size = system, peers, file, size
        self.user = system.user("bench")
        self.pieces = None

    def measured(self, way):
        """Uploads the file in one way, measures it, and deletes what was uploaded."""
        os.sync()
        server = self.system.process.pid
        forget_peak_rss(server)
        server_cpu, client_cpu = cpu_seconds(server), children_cpu()
        seconds, page_rss, clean_up = way()
        measured = {"seconds": seconds, "server_cpu": cpu_seconds(server) - server_cpu, "server_rss": peak_rss(server),
                    "client_cpu": children_cpu() - client_cpu, "page_rss": page_rss}
        clean_up()
        return measured

    def whole(self):
        url = self.system.presign("PUT", "bench/whole")
        start = time.perf_counter()
        run("curl", "--silent", "--show-error", "--fail", "--upload-file", self.file, url)
        seconds = time.perf_counter() - start
        delete = urllib.request.Request(self.system.presign("DELETE", "bench/whole"), method="DELETE")
        return seconds, None, lambda: urllib.request.urlopen(delete, timeout=60).close()

    def parts(self):
        start = time.perf_counter()
        begun = self.begin()
        seconds = time.perf_counter() - start
        if self.pieces is None:
            # Curl cannot send a range of a file.
            self.pieces = fixtures.split(self.file, begun["partSize"], self.system.folder / "parts")
        start = time.perf_counter()
        signed = begun["parts"]
        for first in range(len(signed) + 1, begun["partCount"] + 1, 100):
            numbers = list(range(first, min(first + 100, begun["partCount"] + 1)))
            signed += self.user.ask("POST", f"/v1/uploads/{begun['uploadId']}/parts", {"partNumbers": numbers})["parts"]
        pairs = [f'upload-file = "{piece}"\nurl = "{part["url"]}"\n' for piece, part in zip(self.pieces, signed)]
        run("curl", "--silent", "--show-error", "--fail", "--no-progress-meter",
            "--parallel", "--parallel-max", PARALLEL, "--config", "-",
            input="".join(pairs))
        self.user.ask("POST", f"/v1/uploads/{begun['uploadId']}/complete", {})
        seconds += time.perf_counter() - start
        return seconds, None, lambda: self.delete(begun["assetId"])

    def page(self):
        environment = {**os.environ, "NODE_PATH": str(self.peers.node_modules)}
        told = json.loads(run("node", BENCHES / "page_upload.cjs", self.system.gateway, self.user.token, self.file,
                              env=environment))
        return told["seconds"], told["peakRss"], lambda: self.delete(told["id"])

    def begin(self):
        return self.user.begin(self.file.name, "video/mp4", self.size)

    def delete(self, asset):
        self.user.until_ready({"assetId": asset})
        self.user.ask("DELETE", f"/v1/assets/{asset}")
        self.system.local("POST", "sweep")


def children_cpu():
    """CPU seconds of this process's children that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
