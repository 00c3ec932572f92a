"""Cold starts: each function, an empty one, and the same handlers on Node, in new processes under the Runtime API.

Every run starts a process, hands it two events that it has real work with, and wants the right answers. The programs take
turns, so that whatever else the machine does meets all of them.
"""

import os
from pathlib import Path

import runtime
from common import MIB, median, percentile, say
from events import PDF, PDF_TYPE, Events, http
from local import System
from report import Row, Table
from source import Source

VARIABLES = {"MAX_ACTIVE_UPLOADS": 100_000, "MAX_ACTIVE_INGESTIONS": 100_000, "QUOTA_MB": 1_000_000,
             "ALLOW_LOOPBACK_SOURCES": 1}
# What the contract allows.
MOST_TO_EMPTY, MOST_FIRST_MS, MOST_BINARY, MOST_RSS, LEAST_TO_NODE = 1.5, 15, 10 * MIB, 16 * MIB, 5
# These answer events of queues and schedules, the others HTTP.
WORKERS = ("fetch-url", "process-metadata", "sweep")
EMPTY = "empty-function"
# Holds a file of that size as base64 within JSON and as bytes. The limits are for what has none.
WITH_FILE = "create-assets, 4 MB"


def measure(programs, peers, rounds):
    say(f"cold starts, {rounds} of each")
    functions = programs.functions()
    ours = {name: [f"{programs.release}/{name}"] for name in [EMPTY, *functions]}
    for name in ("initiate-upload, in parts", WITH_FILE):
        ours[name] = ours[name.partition(",")[0]]
    node = {f"{name} on Node": command for name, command in peers.node_handlers().items()}
    found = {name: [] for name in [*ours, *node]}
    with System(programs.local, dict(os.environ), **VARIABLES) as system:
        page = system.folder / "page.pdf"
        page.write_bytes(PDF)
        # What was measured before may still be on its way to the disk.
        os.sync()
        with Source(page, PDF_TYPE) as source:
            events = Events(system, source, page)
            # A first round reads the programs from disk, and is none.
            for number in range(-1, rounds):
                for name in sorted(found, reverse=number % 2 == 1):
                    run = cold(system, events, name.removesuffix(" on Node"), {**ours, **node}[name])
                    if number >= 0:
                        found[name].append(run)
    own = {name: found[name] for name in ours}
    beside = {name: (found[name], found[f"{name} on Node"]) for name in (one.removesuffix(" on Node") for one in node)}
    return ([own_table(own, programs, functions), node_table(beside)],
            *own_rows(own, programs, functions), *node_rows(beside))


def cold(system, events, name, command):
    """Runs a program for two events and checks what it has done."""
    asked = [hello(), hello()] if name == EMPTY else [events.of(name), events.of(name)]
    environment = runtime.variables(system, name.partition(",")[0], 256, **VARIABLES)
    # Writing its warning about Node 20 would cost the peer time.
    environment["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true"
    process = runtime.Process(command, environment, [one.payload() for one in asked])
    for one, answer in zip(asked, process.answers):
        one.check(answer)
    first, second = process.measured["event_ms"]
    init = process.measured["init_ms"]
    return {"init": init, "first": first, "second": second, "cold": init + first, "rss": process.measured["rss"]}


def hello():
    return http("GET", "/hello", 200, lambda _: None)


def of(runs, what):
    return [one[what] for one in runs]


def ms(values, percent=50):
    value = median(values) if percent == 50 else percentile(values, percent)
    return f"{value:.1f} ms"


def size_of(programs, name):
    return Path(programs.release, name.partition(",")[0]).stat().st_size


def own_table(found, programs, functions):
    table = Table("Cold starts: a new process under the Runtime API",
                  ["program", "to the first `next`", "p95", "to the empty one", "first event", "p95", "second event",
                   "first answer", "peak RSS", "program's size"])
    empty = median(of(found[EMPTY], "init"))
    for name, runs in found.items():
        label = "empty `lambda_http` function" if name == EMPTY else name
        table.add(label, ms(of(runs, "init")), ms(of(runs, "init"), 95), f"{median(of(runs, 'init')) / empty:.2f}×",
                  ms(of(runs, "first")), ms(of(runs, "first"), 95), ms(of(runs, "second")), ms(of(runs, "cold")),
                  f"{max(of(runs, 'rss')) / MIB:.1f} MiB", f"{size_of(programs, name) / MIB:.1f} MiB")
    count = len(found[EMPTY])
    table.note = f"Medians of {count} runs; the largest peak of them. The first answer is to the start of the process."
    return table


def own_rows(found, programs, functions):
    """The worst of all functions against each limit, with its name."""
    own = {name: runs for name, runs in found.items() if name not in (EMPTY, WITH_FILE)}
    empty = median(of(found[EMPTY], "init"))
    for_http = [name for name in own if name.partition(",")[0] not in WORKERS]
    count = len({name.partition(",")[0] for name in for_http})
    slowest = max(own, key=lambda name: median(of(own[name], "init")))
    init = median(of(own[slowest], "init"))
    yield Row(f"start to the first `next`, slowest of {len(functions)}: {slowest}", f"{init:.1f} ms",
              "empty function", f"{empty:.1f} ms", f"{init / empty:.2f}×", f"≤ {MOST_TO_EMPTY:.2f}×",
              init <= MOST_TO_EMPTY * empty)
    slowest = max(own, key=lambda name: median(of(own[name], "first")))
    first = median(of(own[slowest], "first"))
    yield Row(f"… first event to its answer, slowest: {slowest}", f"{first:.1f} ms", "", "", "",
              f"≤ {MOST_FIRST_MS} ms", first <= MOST_FIRST_MS)
    largest = max(for_http, key=lambda name: max(of(own[name], "rss")))
    peak = max(of(own[largest], "rss"))
    yield Row(f"… peak RSS, largest of {count} for HTTP, without a file: {largest}", f"{peak / MIB:.1f} MiB", "", "", "",
              f"≤ {MOST_RSS // MIB} MiB", peak <= MOST_RSS)
    with_file = max(of(found[WITH_FILE], "rss"))
    yield Row(f"… peak RSS with a file in the request: {WITH_FILE}", f"{with_file / MIB:.1f} MiB")
    largest = max(for_http, key=lambda name: size_of(programs, name))
    size = size_of(programs, largest)
    yield Row(f"… program, largest of them: {largest}", f"{size / MIB:.1f} MiB", "", "", "",
              f"≤ {MOST_BINARY // MIB} MiB", size <= MOST_BINARY)


def node_table(beside):
    table = Table("Cold starts beside Node 20",
                  ["handler", "program", "to the first `next`", "first event", "second event", "first answer", "p95",
                   "to ours", "peak RSS"])
    for name, pair in beside.items():
        yardstick = median(of(pair[0], "cold"))
        for program, runs in zip(("Quayside", "Node, AWS SDK v3"), pair):
            table.add(name, program, ms(of(runs, "init")), ms(of(runs, "first")), ms(of(runs, "second")),
                      ms(of(runs, "cold")), ms(of(runs, "cold"), 95), f"{median(of(runs, 'cold')) / yardstick:.1f}×",
                      f"{max(of(runs, 'rss')) / MIB:.0f} MiB")
    return table


def node_rows(beside):
    for name, (ours, theirs) in beside.items():
        own, other = median(of(ours, "cold")), median(of(theirs, "cold"))
        yield Row(f"cold, start to the first answer: {name}", f"{own:.1f} ms", "Node, AWS SDK v3", f"{other:.0f} ms",
                  f"{other / own:.1f}×", f"≥ {LEAST_TO_NODE}×", other >= LEAST_TO_NODE * own)
