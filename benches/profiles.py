"""What the release profile costs and brings: programs built with several, their size, start and speed.

Every profile has a target folder of its own, and so builds the AWS SDK anew: some minutes each, the first time.
"""

import os
import shlex
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cold
import function
import machine
from common import MIB, PROJECT, median, run, say
from events import PDF, PDF_TYPE, Events
from local import System
from report import Table
from source import Source

DOCUMENT = PROJECT / "docs/PROFILE.md"
FUNCTIONS = ("initiate-upload", "process-metadata")
# What decodes, scales, hashes and encodes: the time of the one function that computes. The manifest gives it a level of its own.
COMPUTING = tuple(tomllib.loads((PROJECT / "Cargo.toml").read_text())["profile"]["release"]["package"])


@dataclass
class Profile:
    level: str
    lto: str
    units: int
    # The level of the packages that do the computing, if it is another.
    computing: str = ""

    def name(self):
        return f"opt-level {self.level}, lto {self.lto}, {self.units} unit{'s' * (self.units > 1)}" + \
            (f", computing packages {self.computing}" if self.computing else "")

    def settings(self):
        def level(value):
            return value if value.isdigit() else f'"{value}"'
        yield f"profile.release.opt-level={level(self.level)}"
        yield f'profile.release.lto="{self.lto}"'
        yield f"profile.release.codegen-units={self.units}"
        for package in COMPUTING:
            yield f"profile.release.package.{package}.opt-level={level(self.computing or self.level)}"


PROFILES = [
    Profile("3", "thin", 16), Profile("3", "fat", 1), Profile("s", "thin", 1), Profile("s", "fat", 1), Profile("z", "fat", 1),
    Profile("s", "fat", 1, "3"),
]


class Built:
    """The functions' programs of one profile, where `cold` and `function` look for them."""

    def __init__(self, programs, profile):
        say(f"building with {profile.name()} (minutes the first time)")
        folder = profile.name().replace(", ", "-").replace(" ", "_")
        target = Path(programs.metadata["target_directory"], "profiles", folder)
        settings = [word for setting in profile.settings() for word in ("--config", setting)]
        packages = [word for name in FUNCTIONS for word in ("--package", name)]
        begun = time.monotonic()
        run("cargo", "build", "--release", "--quiet", *packages, *settings, cwd=PROJECT,
            env={**os.environ, "CARGO_TARGET_DIR": str(target)})
        self.build_seconds = time.monotonic() - begun
        self.release = f"{target}/release"
        self.process_metadata = f"{self.release}/process-metadata"
        self.local = programs.local


def measure(programs, photo, starts):
    built = {profile.name(): Built(programs, profile) for profile in PROFILES}
    found = {(profile, name): [] for profile in built for name in FUNCTIONS}
    pictures = {profile: [] for profile in built}
    with System(programs.local, dict(os.environ), **cold.VARIABLES) as system:
        page = system.folder / "page.pdf"
        page.write_bytes(PDF)
        with Source(page, PDF_TYPE) as source:
            events = Events(system, source, page)
            for number in range(-1, starts):
                for profile, name in sorted(found, reverse=number % 2 == 1):
                    one = cold.cold(system, events, name, [f"{built[profile].release}/{name}"])
                    if number >= 0:
                        found[profile, name].append(one)
        user = system.user("bench")
        for _ in range(function.RUNS):
            for profile, programs_of_it in built.items():
                upload = function.upload(system, user, photo)
                pictures[profile].append(function.processed(programs_of_it, system, user, [upload])["event_cpu_ms"])
    table = Table("Release profiles", ["profile", *(f"{name}: {what}" for name in FUNCTIONS
                                                    for what in ("size", "to the first `next`", "first event")),
                                       "12-megapixel JPEG, CPU"])
    for profile, programs_of_it in built.items():
        cells = []
        for name in FUNCTIONS:
            runs = found[profile, name]
            cells += [f"{Path(programs_of_it.release, name).stat().st_size / MIB:.1f} MiB",
                      cold.ms(cold.of(runs, "init")), cold.ms(cold.of(runs, "first"))]
        table.add(profile, *cells, f"{median(pictures[profile]):.0f} ms")
    table.note = f"Medians of {starts} starts, of a page of 1 KiB, and of {function.RUNS} images; in turns."
    return table


def write(table):
    made_on = Table("Made on", ["what", "which"])
    for pair in [("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())), *machine.describe(),
                 ("Quayside", machine.commit()), ("Rust", run("rustc", "--version").split()[1])]:
        made_on.add(*pair)
    flags = shlex.join(word for setting in [*PROFILES[1].settings()][:3] for word in ("--config", setting))
    head = "# The release profile\n\nWritten by `./bench profiles`. Each row is the profile of `Cargo.toml` with other " \
           f"settings, given to cargo like this:\n\n```\ncargo build --release {flags}\n```\n\n`Cargo.toml` sets an " \
           "optimization level of its own for the packages that do the computing. Only the last row keeps it; in the\n" \
           "others these packages get the profile's level. The method is that of the cold starts in " \
           "[BENCHMARKS.md](BENCHMARKS.md)."
    DOCUMENT.write_text("\n\n".join([head, table.markdown(), made_on.markdown()]) + "\n")
