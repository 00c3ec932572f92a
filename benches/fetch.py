"""Files that are taken from URLs: one large one beside `rclone copyurl`, and a hundred small ones beside curl.

- The large one: the release program of `fetch-url` under a stand-in for Lambda's Runtime API, and `rclone copyurl`, from
  the same web server into the same storage, in turns. Quayside hashes what comes; rclone does not.
- The small ones: the whole system, from the request with a hundred URLs until every asset is `ready`, and curl in ten
  processes at a time, which only downloads. The source is one on the internet: it answers after 50 ms and sends
  20 Mbit/s a connection.
"""

import json
import os
import subprocess
import time
import urllib.request

import fixtures
import function
import runtime
from common import MIB, eventually, median, run, say
from local import BUCKET, KEY_ID, REGION, System
from report import Row, Table, amount
from source import Source

MEMORY_MB = 512
SMALL_FILES, SMALL_BYTES = 100, 1_000_000
LATENCY_SECONDS, BYTES_PER_SECOND = 0.05, 2_500_000
LIMITS = {"MAX_VIDEO_MB": 10_000, "QUOTA_MB": 1_000_000, "ALLOW_LOOPBACK_SOURCES": 1}


def measure(programs, size, rounds):
    with System(programs.local, dict(os.environ), **LIMITS, DELETED_TTL_SECONDS=0) as system:
        large, *large_rows = measure_large(programs, system, size, rounds)
        small, small_row = measure_small(system, rounds)
    return [large, small], *large_rows, small_row


def measure_large(programs, system, size, rounds):
    say(f"making a file of {amount(size)}")
    file = system.folder / "film.mp4"
    fixtures.video(file, size)
    user = system.user("bench")
    found = {"fetch-url": [], "rclone copyurl": []}
    with Source(file, "video/mp4") as source:
        for number in range(rounds):
            for name in sorted(found, reverse=number % 2 == 1):
                os.sync()
                one = fetched(programs, system, user, source) if name == "fetch-url" else copied(system, source)
                say(f"round {number + 1}: {name}: {size / MIB / one['seconds']:.0f} MiB/s")
                found[name].append(one)
    file.unlink()
    table = Table(f"{amount(size)} from a URL into the local storage",
                  ["way", "median", "each round, MiB/s", "to rclone", "CPU", "peak RSS"])
    speeds = {name: [size / MIB / one["seconds"] for one in runs] for name, runs in found.items()}
    yardstick = median(speeds["rclone copyurl"])
    for name, runs in found.items():
        table.add(name, f"{median(speeds[name]):.0f} MiB/s", ", ".join(f"{speed:.0f}" for speed in speeds[name]),
                  f"{median(speeds[name]) / yardstick:.2f}×", f"{median([one['cpu'] for one in runs]):.1f} s",
                  f"{max(one['rss'] for one in runs) / MIB:.0f} MiB")
    ratio, peak = median(speeds["fetch-url"]) / yardstick, max(one["rss"] for one in found["fetch-url"])
    speed = Row(f"{amount(size)} from a URL", f"{median(speeds['fetch-url']):.0f} MiB/s", "rclone copyurl",
                f"{yardstick:.0f} MiB/s", f"{ratio:.2f}×", "≥ 0.90×", ratio >= 0.9)
    memory = Row("… peak RSS", f"{peak / MIB:.1f} MiB", "", "", "", "≤ 64 MiB", peak <= 64 * MIB)
    return table, speed, memory


def fetched(programs, system, user, source):
    """Has a new process of the function fetch the file, and deletes what came of it."""
    item = ingesting(system, user, source)
    event = json.dumps({"Records": [runtime.message("asset.created", item)]}).encode()
    environment = runtime.variables(system, "fetch-url", MEMORY_MB, **LIMITS)
    measured = runtime.worked(f"{programs.release}/fetch-url", environment, event, seconds=300)
    id = item["id"]["S"]
    asset = user.ask("GET", f"/v1/assets/{id}")
    if asset["status"] not in ("uploaded", "ready") or asset["sha256"] is None:
        raise RuntimeError(f"the fetch left the asset as {asset}")
    user.until_ready({"assetId": id})
    user.ask("DELETE", f"/v1/assets/{id}")
    system.local("POST", "sweep")
    return {"seconds": measured["event_ms"] / 1000, "cpu": measured["event_cpu_ms"] / 1000, "rss": measured["rss"]}


def ingesting(system, user, source, name="film.mp4", content_type="video/mp4"):
    """The record of an asset that is to be taken from the source.

    No event tells of that, so that the local system gives its own function no message.
    """
    begun = user.begin(name, content_type, 1)
    key = function.primary_key(begun["assetId"])
    item = system.ask_table("GetItem", Key=key, ConsistentRead=True)["Item"]
    item = function.in_status(item, "ingesting")
    item |= {"size": {"N": "0"}, "source": {"M": {"url": {"S": source.url}}}}
    for gone in ("upload", "due_at", "due_shard"):
        item.pop(gone)
    system.ask_table("PutItem", Item=item)
    system.ask_table("PutItem", Item={"pk": key["pk"], "sk": {"S": "SOURCE"}, "url": {"S": f"{source.url}/{name}"}})
    return item


def copied(system, source):
    """Has rclone copy the file, and deletes it."""
    # Its transport cannot load certificates by this variable, and needs none here.
    inherited = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    environment = {**inherited, "RCLONE_CONFIG": "/dev/null", "RCLONE_S3_PROVIDER": "Other",
                   "RCLONE_S3_ENDPOINT": system.storage, "RCLONE_S3_REGION": REGION, "RCLONE_S3_ACCESS_KEY_ID": KEY_ID,
                   "RCLONE_S3_SECRET_ACCESS_KEY": system.secrets["functionsKey"], "RCLONE_S3_NO_CHECK_BUCKET": "true"}
    start = time.perf_counter()
    process = subprocess.Popen(["rclone", "copyurl", f"{source.url}/film.mp4", f":s3:{BUCKET}/bench/film.mp4"], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        raise RuntimeError(f"rclone ended with {os.waitstatus_to_exitcode(status)}")
    delete = urllib.request.Request(system.presign("DELETE", "bench/film.mp4"), method="DELETE")
    urllib.request.urlopen(delete, timeout=60).close()
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "rss": usage.ru_maxrss * 1024}


def measure_small(system, rounds):
    file = system.folder / "sound.wav"
    fixtures.sound(file, SMALL_BYTES)
    user = system.user("bench")
    ours, theirs = [], []
    with Source(file, "audio/wav", LATENCY_SECONDS, BYTES_PER_SECOND) as source:
        urls = [f"{source.url}/{number}.wav" for number in range(SMALL_FILES)]
        for number in range(rounds):
            theirs.append(downloaded(urls))
            ours.append(ingested(user, urls))
            say(f"round {number + 1}: {SMALL_FILES} URLs: {ours[-1]:.1f} s, curl {theirs[-1]:.1f} s")
    table = Table(f"{SMALL_FILES} URLs of {SMALL_BYTES // 1_000_000} MB", ["way", "median", "each round, s", "to curl"])
    for name, seconds in (("Quayside, until all are `ready`", ours), ("curl, 10 processes at a time", theirs)):
        table.add(name, f"{median(seconds):.1f} s", ", ".join(f"{one:.1f}" for one in seconds),
                  f"{median(seconds) / median(theirs):.2f}×")
    ratio = median(ours) / median(theirs)
    return table, Row(f"{SMALL_FILES} URLs of 1 MB until all are ready", f"{median(ours):.1f} s", "curl × 10",
                      f"{median(theirs):.1f} s", f"{ratio:.2f}×", "≤ 1.50×", ratio <= 1.5)


def downloaded(urls):
    start = time.perf_counter()
    run("xargs", "-P", "10", "-n", "1", "curl", "--silent", "--show-error", "--fail", "--output", "/dev/null",
        input="\n".join(urls))
    return time.perf_counter() - start


def ingested(user, urls):
    start = time.perf_counter()
    items = user.ask("POST", "/v1/assets/from-url", {"items": [{"url": url} for url in urls]})["items"]
    ids = {item["asset"]["id"] for item in items}

    def all_ready():
        # The newest page is theirs.
        page = user.ask("GET", f"/v1/assets?type=audio&limit={len(urls)}")["items"]
        found = {asset["id"]: asset["status"] for asset in page if asset["id"] in ids}
        if "failed" in found.values():
            raise RuntimeError(f"a URL was not fetched: {page}")
        return True if list(found.values()).count("ready") == len(urls) else None

    eventually("all are ready", all_ready)
    return time.perf_counter() - start
