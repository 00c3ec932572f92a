"""What every measurement needs: places, processes, and what /proc says of them."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BENCHES = PROJECT / "benches"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quayside"
FIXTURES = CACHE / "fixtures"

MIB = 1 << 20


def say(text):
    """Tells whoever waits what is going on."""
    print(f"· {text}", file=sys.stderr, flush=True)


def run(*command, **options):
    """Runs a program to its end and gives its standard output. An error stops the benchmark with what it said."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {' '.join(str(word) for word in command)}")
    return done.stdout


def eventually(what, ask, seconds=60):
    """Asks again and again until there is an answer that is not None."""
    end = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} seconds: {what}")
        time.sleep(0.02)
    return answer


def peak_rss(pid):
    """The most memory that a process has had resident, in bytes: its own, and the files that it has mapped."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"/proc/{pid}/status has no VmHWM")


def forget_peak_rss(pid):
    """Lets `peak_rss` begin anew at what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu_seconds(pid):
    """CPU time of a process and of its children that have ended, user and system, in ticks of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def thread_cpu_seconds(pid):
    """CPU time of a process's living threads, by the scheduler's own count in nanoseconds."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def median(values):
    return statistics.median(values)


def percentile(values, percent):
    """The smallest value that at least so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
