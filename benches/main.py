"""`./bench`: what is measured, in which order, and where the results go."""

import argparse
import time
from pathlib import Path

import cold
import fetch
import function
import inspection
import latency
import machine
import media
import profiles
import thumbnails
import upload
from build import Peers, Programs
from common import MIB, PROJECT, say
from fixtures import photo
from report import Table, summary

DOCUMENT = PROJECT / "docs/BENCHMARKS.md"
METHOD = PROJECT / "benches/method.md"


def main():
    measurements = {
        "thumbnails": lambda: thumbnails.measure(programs, peers, photo()),
        "function": lambda: function.measure(programs, photo(), media.film(arguments.film_mib * MIB, "end")),
        "inspection": lambda: inspection.measure(programs, arguments.film_mib * MIB, arguments.rounds),
        "upload": lambda: upload.measure(programs, peers, arguments.upload_mib * MIB, arguments.rounds),
        "fetch": lambda: fetch.measure(programs, arguments.fetch_mib * MIB, arguments.rounds),
        "cold": lambda: cold.measure(programs, peers, arguments.starts),
        "latency": lambda: [latency.measure(programs, arguments.requests)],
        "sizes": lambda: [sizes(programs)],
        # Builds for long, and writes a page of its own.
        "profiles": lambda: [profiles.measure(programs, photo(), arguments.starts)],
    }
    parser = argparse.ArgumentParser(prog="./bench", description="Measures Quayside in release beside its peers.")
    parser.add_argument("only", nargs="*", choices=[[], *measurements], metavar="MEASUREMENT",
                        help=f"of {', '.join(measurements)}; without any, all but the last, and docs/BENCHMARKS.md is "
                             "written")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for trying out; writes no document")
    arguments = parser.parse_args()
    arguments.upload_mib, arguments.film_mib, arguments.fetch_mib = (256, 256, 256) if arguments.quick else (2048, 3072, 5120)
    arguments.rounds, arguments.requests, arguments.starts = (1, 20, 5) if arguments.quick else (3, 300, 30)
    is_whole = not arguments.only and not arguments.quick

    peers, programs = Peers(), Programs()
    photo()
    media.mp4_head()
    for subject in inspection.subjects(arguments.film_mib * MIB):
        subject.make()
    load = machine.wait_until_quiet() if is_whole else None
    begun = time.monotonic()
    tables, rows = [], []
    for name in arguments.only or [name for name in measurements if name != "profiles"]:
        measured, *found = measurements[name]()
        for table in measured if isinstance(measured, list) else [measured]:
            print(f"\n{table.text()}\n", flush=True)
            tables.append(table)
        rows += found
        if name == "profiles" and not arguments.quick:
            profiles.write(tables[-1])
            say(f"wrote {profiles.DOCUMENT.relative_to(PROJECT)}")
    print(f"\n{summary(rows).text()}\n")
    if is_whole:
        minutes = (time.monotonic() - begun) / 60
        DOCUMENT.write_text(document(tables, rows, peers, load, minutes))
        say(f"wrote {DOCUMENT.relative_to(PROJECT)}")
    return 0


def sizes(programs):
    table = Table("Programs of the functions, stripped", ["function", "size"])
    for name in programs.functions():
        table.add(name, f"{Path(programs.release, name).stat().st_size / MIB:.1f} MiB")
    return table


def document(tables, rows, peers, load, minutes):
    made_on = Table("Made on", ["what", "which"])
    made_on.add("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    for pair in [*machine.describe(), ("load before", f"{load:.2f}"), ("took", f"{minutes:.0f} minutes"),
                 *machine.versions(peers)]:
        made_on.add(*pair)
    parts = [summary(rows), *tables, made_on]
    head = "# Benchmarks\n\nWritten by `./bench`, which measures everything in one run. The method is described below. The " \
           "limits are the project's own\ntargets; no test fails because of a time."
    return "\n\n".join([head, *(part.markdown() for part in parts), METHOD.read_text().strip()]) + "\n"
