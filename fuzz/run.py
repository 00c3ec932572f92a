"""Feeds every reader for a while, and tells what came of it.

    FUZZ_SECONDS    for each reader, 60 if it is not set
    FUZZ_REPORT=1   writes docs/FUZZING.md too

Goes on from the inputs that earlier runs have found to lead further. Fails if there is an input that a reader does not
stand. Needs cargo-fuzz and ffmpeg, and llvm-tools to tell coverage in lines; without
these it is told in edges alone.
"""

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
PROJECT = FUZZ.parent
SOURCE = PROJECT / "inspect/src"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quayside/fuzz"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or PROJECT / "target").resolve()
BUILD = TARGET / "fuzz"
INSTRUMENTED = TARGET / "fuzz-coverage"
SECONDS = int(os.environ.get("FUZZ_SECONDS") or 60)

AT_ONCE = 2
PROGRAM = "reader"

# They look at every byte that is no frame or page. Telling libFuzzer of each comparison takes four fifths of the time.
PLAIN = ["adts", "mpeg_audio", "ogg"]

# What only one reader needs, below inspect/src, where that is not the file or folder of its name in container/. What is in
# no reader's list is covered by all of them together.
OWN = {
    "adts": ["container/adts", "audio_frame", "scan"],
    "mpeg_audio": ["container/mpeg_audio/", "audio_frame", "scan"],
    "raster": ["image"],
    "sniff": ["sniff"],
    "still": ["container/iso/still", "container/iso/boxes"],
    "svg": ["container/svg", "sniff/svg"],
}


@dataclass
class Result:
    target: str
    found: str
    executions: int
    per_second: int
    edges: int
    features: int
    inputs: int
    heap: int
    lines: tuple[int, int] = (0, 0)


def run(*command, **options):
    """What a command writes; where it fails that is shown, and this ends."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"{done.stdout}\n{command[0]} failed")
    return done.stdout


def seeds():
    """Where the files are that everything starts from. They are made again when what makes them has changed."""
    maker = FUZZ / "seeds.py"
    folder = CACHE / f"seeds-{hashlib.sha256(maker.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        making = CACHE / f"making-{os.getpid()}"
        run(sys.executable, maker, making)
        making.rename(folder)
    return folder


def folders(target):
    """Of inputs: the first is where new ones go."""
    corpus = CACHE / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    found = PROJECT / "inspect/tests/found" / target
    return [corpus, seeds() / target, *([found] if found.exists() else [])]


def cargo_fuzz(action, build, target, *arguments):
    """The command and its environment: one program has all readers, and is told which one to feed."""
    plain = ["--no-trace-compares"] if build != INSTRUMENTED and target in PLAIN else []
    folder = build / "plain" if plain else build
    command = ["cargo", "fuzz", action, "--sanitizer", "none", *plain, "--target-dir", folder, PROGRAM, *arguments]
    return {"args": [str(part) for part in command], "env": os.environ | {"READER": target}, "cwd": PROJECT}


def feed(target):
    options = [f"-max_total_time={SECONDS}", "-timeout=5", "-rss_limit_mb=256", "-max_len=65536"]
    dictionary = FUZZ / "dictionaries" / f"{target}.dict"
    command = cargo_fuzz("run", BUILD, target, *folders(target), "--", *options, f"-dict={dictionary}")
    done = subprocess.run(**command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode(errors="replace")
    (CACHE / f"{target}.log").write_text(said)
    if done.returncode:
        written = re.search(r"Test unit written to (\S+)", said)
        why = re.search(r"panicked at .*\n.*|memory allocation of .*|ERROR: .*", said)
        print(f"{target}: {why[0] if why else f'ended with {done.returncode}'}", flush=True)
        return Result(target, written[1] if written else str(CACHE / f"{target}.log"), 0, 0, 0, 0, 0, 0)
    executions, edges, features, inputs, per_second = map(
        int, re.search(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)/.* exec/s: (\d+)", said).groups()
    )
    heap = int(re.search(r"heap: (\d+)", said)[1])
    return Result(target, "", executions, per_second, edges, features, inputs, heap)


def tools():
    """Where llvm-tools are, if they are."""
    host = re.search(r"host: (\S+)", run("rustc", "-vV"))[1]
    return Path(run("rustc", "--print", "sysroot").strip()) / "lib/rustlib" / host / "bin"


def llvm(tool, *arguments):
    return run(tools() / tool, *arguments)


def profile(target):
    """Runs all inputs once more, and gives where it was written which lines they reach."""
    command = cargo_fuzz("coverage", INSTRUMENTED, target, *folders(target))
    with open(CACHE / f"{target}-coverage.log", "w") as log:
        subprocess.run(**command, stdout=log, stderr=log, check=True)
    return (FUZZ / "coverage" / PROGRAM / "coverage.profdata").rename(FUZZ / "coverage" / f"{target}.profdata")


def lines(profile, own=("",)):
    """How many of the lines in these files were reached, and how many there are."""
    program = next(INSTRUMENTED.glob(f"*/release/{PROGRAM}"))
    told = json.loads(llvm("llvm-cov", "export", "-summary-only", f"-instr-profile={profile}", program))
    reached = total = 0
    for file in told["data"][0]["files"]:
        name = Path(file["filename"])
        if name.is_relative_to(SOURCE) and str(name.relative_to(SOURCE)).startswith(tuple(own)):
            reached += file["summary"]["lines"]["covered"]
            total += file["summary"]["lines"]["count"]
    return reached, total


def covered(results):
    """Tells each result which lines of its reader were reached, and gives those of all readers that were."""
    profiles = []
    for result in results:
        profiles.append(profile(result.target))
        name = f"container/{result.target}"
        result.lines = lines(profiles[-1], OWN.get(result.target, [f"{name}.rs", f"{name}/"]))
    merged = FUZZ / "coverage/all.profdata"
    llvm("llvm-profdata", "merge", "-sparse", *profiles, "-o", merged)
    return lines(merged)


def percent(lines):
    reached, total = lines
    return f"{100 * reached / total:.1f} % of {total:,}" if total else ""


def table(results, overall):
    head = ["reader", "executions", "a second", "inputs kept", "edges", "features", "lines of the reader", "largest heap"]
    rows = [
        [
            result.target, f"{result.executions:,}", f"{result.per_second:,}", f"{result.inputs:,}", f"{result.edges:,}",
            f"{result.features:,}", percent(result.lines), f"{result.heap / 1024:,.0f} KiB",
        ]
        for result in results
    ]
    heap = max(result.heap for result in results)
    executions = sum(result.executions for result in results)
    rows.append(["all", f"{executions:,}", "", "", "", "", percent(overall), f"{heap / 1024:,.0f} KiB"])
    return [head, *rows]


def text(table):
    widths = [max(map(len, column)) for column in zip(*table)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table)


def markdown(table):
    lines = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([lines[0], "| --- " * len(table[0]) + "|", *lines[1:]])


def machine():
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    distribution = platform.freedesktop_os_release()["PRETTY_NAME"]
    rust = run("rustc", "--version").split()[1]
    return f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores; {distribution}, Rust {rust}"


def write_report(table):
    method = (FUZZ / "method.md").read_text()
    kept = sum(path.is_file() for path in (PROJECT / "inspect/tests/found").rglob("*"))
    when = f"{time.strftime('%Y-%m-%d')}, {SECONDS} seconds each, {AT_ONCE} at a time, on {machine()}."
    report = f"{method}\n## The last run\n\n{when}\nNothing was found in it. {kept} cases are kept.\n\n{markdown(table)}\n"
    (PROJECT / "docs/FUZZING.md").write_text(report)


def main():
    seeds()
    # There is one for each reader: a test of inspect/ says so.
    targets = sorted(path.stem for path in (FUZZ / "dictionaries").glob("*.dict"))
    for target in (PLAIN[0], next(target for target in targets if target not in PLAIN)):
        subprocess.run(**cargo_fuzz("build", BUILD, target), check=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(feed, targets))
    found = [result for result in results if result.found]
    for result in found:
        print(f"{result.target} does not stand {result.found}")
    if found:
        sys.exit(1)
    told = table(results, covered(results) if (tools() / "llvm-cov").exists() else (0, 0))
    print(text(told))
    if os.environ.get("FUZZ_REPORT"):
        write_report(told)


main()
