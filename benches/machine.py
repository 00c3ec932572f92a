"""What a measurement was made on, and whether the machine had nothing else to do."""

import os
import platform
import re
import time
from pathlib import Path

from common import PROJECT, run, say

QUIET_LOAD = 0.5
PATIENCE_SECONDS = 300


def wait_until_quiet():
    """Waits until hardly anything else runs, or some minutes. Gives the load: what ran or wanted to, over a minute."""
    end = time.monotonic() + PATIENCE_SECONDS
    if os.getloadavg()[0] > QUIET_LOAD:
        say(f"waiting for the machine to be quiet, {PATIENCE_SECONDS} seconds at most")
    while os.getloadavg()[0] > QUIET_LOAD and time.monotonic() < end:
        time.sleep(5)
    return os.getloadavg()[0]


def describe():
    """Pairs of what and which."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    distribution = platform.freedesktop_os_release()["PRETTY_NAME"]
    return [
        ("processor", f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores"),
        ("memory", f"{memory / (1 << 20):.0f} GiB"),
        ("system", f"{distribution}, Linux {platform.release()}"),
    ]


def versions(peers):
    """Of everything that a figure depends on."""
    def first(command):
        return run(*command).splitlines()[0]
    numbers = [
        ("Quayside", commit()),
        ("Rust", first(["rustc", "--version"]).split()[1]),
        ("Python", platform.python_version()),
        ("Node", first(["node", "--version"]).lstrip("v")),
        ("Chromium", re.search(r"[\d.]+", run("chromium", "--version"))[0]),
        ("curl", first(["curl", "--version"]).split()[1]),
        ("ffmpeg and ffprobe", first(["ffmpeg", "-version"]).split()[2]),
        ("rclone", first(["rclone", "version"]).split()[1].lstrip("v")),
        ("mediainfo", re.search(r"v([\d.]+)", run("mediainfo", "--Version"))[1]),
    ]
    return [*numbers, *sorted(peers.versions.items())]


def commit():
    """The commit that is checked out, and whether there are changes on top of it."""
    revision = run("git", "rev-parse", "--short", "HEAD", cwd=PROJECT).strip()
    changed = run("git", "status", "--porcelain", "--", ".", ":!docs/BENCHMARKS.md", ":!docs/PROFILE.md", cwd=PROJECT).strip()
    return f"{revision} and changes" if changed else revision
