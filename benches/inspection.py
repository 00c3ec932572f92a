"""What a file is, told over HTTP: our library, ffprobe and mediainfo, in turns, from the same storage."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import media
from common import MIB, median, say
from local import System, put_file
from report import Row, Table, amount

# How many times one process of ours inspects a file for the CPU time of an inspection by itself.
TIMES = 20
OURS = "Quayside"
# The contract's limits.
WAVES, BYTES, CPU_MS, RSS = 3, 512 * 1024, 5, 64 * MIB


@dataclass
class Subject:
    name: str
    make: Callable[[], Path]
    is_film: bool = False
    # Whether only all of its frames together tell how long it plays, so that it is read whole.
    is_counted: bool = False


def subjects(film_bytes):
    film = f"{amount(film_bytes)} MP4"
    return [
        Subject(f"{film}, moov at the end", partial(media.film, film_bytes, "end"), is_film=True),
        Subject(f"{film}, moov at the start", partial(media.film, film_bytes, "start"), is_film=True),
        Subject("Matroska, 3 hours", media.matroska),
        Subject("WebM without a duration", media.recorded_webm),
        Subject("AVI, 1 hour", media.avi),
        Subject("OGG, 3 hours, large pages", media.ogg),
        Subject(f"PDF of {media.PAGES} pages", media.pdf),
        Subject("MP3, VBR, no header", partial(media.bare_mp3, 100_000_000)),
        Subject("MP3, VBR, no header", partial(media.bare_mp3, 60_000_000), is_counted=True),
        Subject("ADTS", partial(media.adts, 60_000_000), is_counted=True),
    ]


def measure(programs, film_bytes, rounds):
    with System(programs.local, dict(os.environ)) as system:
        found = [(subject, *inspected(programs, system, subject, rounds)) for subject in subjects(film_bytes)]
    return table(found, starts(programs, rounds)), *rows(found)


def inspected(programs, system, subject, rounds):
    """A file's size, and for each program what it took to inspect that in storage."""
    file = subject.make()
    say(f"inspection of {file.name}")
    size, key = file.stat().st_size, f"bench/{file.name}"
    put_file(system, key, file)
    url = system.presign("GET", key)
    ways = {
        OURS: lambda: ours(programs, url, size, 1),
        "ffprobe": lambda: ffprobe(url),
        "mediainfo": lambda: mediainfo(url),
    }
    runs = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            system.local("DELETE", "requests")
            told = way()
            asked = log(system, key)
            runs[name].append({**told, "requests": len(asked), "bytes": sum(one["bytesOut"] for one in asked)})
    for one in runs[OURS]:
        if (one["requests"], one["bytes"]) != one["counted"]:
            raise RuntimeError(f"storage was asked for {one['requests'], one['bytes']}, not {one['counted']}")
    again = ours(programs, url, size, TIMES)
    delete = urllib.request.Request(system.presign("DELETE", key), method="DELETE")
    urllib.request.urlopen(delete, timeout=60).close()
    found = {name: summed_up(of) for name, of in runs.items()}
    found[OURS] |= {"inspection_ms": again["inspection_ms"], "rss": max(found[OURS]["rss"], again["rss"])}
    return size, found


def summed_up(runs):
    """The usual figures of some runs, and the limits' worst ones."""
    worst = {key: max(one[key] for one in runs) for key in ("waves", "rss") if key in runs[0]}
    return {"told": runs[0]["told"], **{key: median([one[key] for one in runs]) for key in ("requests", "bytes", "cpu_ms")},
            **worst}


def log(system, key):
    """Who has asked for an object, once nothing more comes to the log: the server takes a while to notice that a client
    has broken a connection off."""
    asked, quiet = None, 0
    while quiet < 3:
        time.sleep(0.05)
        before, asked = asked, [one for one in system.local("GET", "requests")["requests"] if one["key"] == key]
        quiet = quiet + 1 if asked == before else 0
    return asked


def ours(programs, url, size, times):
    printed, cpu_ms = timed(programs.inspect_url, url, size, times)
    told = json.loads(printed)
    pages, seconds = told["pages"], told["seconds"]
    return {"cpu_ms": cpu_ms, "inspection_ms": told["cpu_ms"], "waves": told["waves"], "rss": told["peak_rss_kib"] * 1024,
            "counted": (told["requests"], told["bytes"]),
            "told": f"{pages} pages" if pages is not None else length(seconds)}


def ffprobe(url):
    printed, cpu_ms = timed("ffprobe", "-v", "quiet", "-show_format", "-show_streams", "-of", "json", url)
    return {"cpu_ms": cpu_ms, "told": length(json.loads(printed).get("format", {}).get("duration"))}


def mediainfo(url):
    printed, cpu_ms = timed("mediainfo", "--Output=JSON", url)
    return {"cpu_ms": cpu_ms, "told": length(json.loads(printed)["media"]["track"][0].get("Duration"))}


def length(seconds):
    return "" if seconds is None else f"{float(seconds):.2f} s"


def timed(*command):
    """What a program prints, and the CPU milliseconds of its process from start to end. What it ends with is not looked
    at: ffprobe takes a document for an error."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as process:
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return printed, (usage.ru_utime + usage.ru_stime) * 1000


def starts(programs, rounds):
    """CPU milliseconds of each program's start alone."""
    commands = {OURS: [programs.inspect_url], "ffprobe": ["ffprobe", "-version"], "mediainfo": ["mediainfo", "--Version"]}
    return {name: median([timed(*command)[1] for _ in range(rounds)]) for name, command in commands.items()}


def table(found, started):
    table = Table("Inspection over HTTP", ["file", "size", "program", "requests", "round trips", "bytes",
                                           "CPU of a process", "to ours", "inspection alone", "peak RSS", "what it tells"])
    for subject, size, result in found:
        for name, one in result.items():
            is_ours = name == OURS
            ratio = one["cpu_ms"] / result[OURS]["cpu_ms"]
            table.add(subject.name, amount(size), name, f"{one['requests']:.0f}", one["waves"] if is_ours else "",
                      amount(one["bytes"]), f"{one['cpu_ms']:.1f} ms", f"{ratio:.1f}×",
                      f"{one['inspection_ms']:.2f} ms" if is_ours else "",
                      f"{one['rss'] / MIB:.1f} MiB" if is_ours else "", one["told"])
    for name, cpu_ms in started.items():
        table.add("none: the program's start", "", name, "", "", "", f"{cpu_ms:.1f} ms", f"{cpu_ms / started[OURS]:.1f}×", "",
                  "", "")
    return table


def rows(found):
    """The contract's limits, each for the worst of the files that it is about."""
    subject, _, film = max((one for one in found if one[0].is_film), key=lambda one: one[2][OURS]["cpu_ms"])
    cpu_ms, theirs = film[OURS]["cpu_ms"], film["ffprobe"]["cpu_ms"]
    few = [result[OURS] for subject, _, result in found if not subject.is_counted]
    waves, most = max(one["waves"] for one in few), max(one["bytes"] for one in few)
    whole = [(size, result[OURS]["bytes"]) for subject, size, result in found if subject.is_counted]
    rss = max(result[OURS]["rss"] for _, _, result in found)
    return [
        Row(f"inspection over HTTP, {subject.name}, CPU of a process", f"{cpu_ms:.1f} ms", "ffprobe", f"{theirs:.1f} ms",
            f"{cpu_ms / theirs:.2f}×", f"≤ {CPU_MS} ms", cpu_ms <= CPU_MS),
        Row(f"… {len(few)} files, most round trips and most bytes", f"{waves}, {amount(most)}", "", "", "",
            f"≤ {WAVES}, ≤ {amount(BYTES)}", waves <= WAVES and most <= BYTES),
        Row(f"… {len(whole)} files whose frames are counted, most bytes", amount(max(read for _, read in whole)), "", "", "",
            f"≤ the file and {amount(BYTES)}", all(read <= size + BYTES for size, read in whole)),
        Row("… peak RSS for any of them", f"{rss / MIB:.1f} MiB", "", "", "", f"≤ {amount(RSS)}", rss <= RSS),
    ]
