"""A JPEG of 12 megapixels to both thumbnails: ours, sharp and Pillow, in turns."""

import json
import os

from common import BENCHES, MIB, median, run, say
from report import Row, Table

ROUNDS = 3
IMAGES = 11


def measure(programs, peers, photo):
    contenders = {
        "Quayside": [programs.thumbnail, photo],
        f"sharp {peers.versions['sharp']}": ["node", BENCHES / "sharp_thumbnails.cjs", photo],
        f"Pillow {peers.versions['Pillow']}": [peers.python, BENCHES / "pillow_thumbnails.py", photo],
    }
    environment = {**os.environ, "NODE_PATH": str(peers.node_modules)}
    found = {name: [] for name in contenders}
    once = {name: [] for name in contenders}
    say("thumbnails, side by side")
    for _ in range(ROUNDS):
        for name, command in contenders.items():
            found[name].append(json.loads(run(*command, IMAGES, env=environment)))
            once[name].append(single(command, environment))
    ours, *others = contenders
    table = Table("Thumbnails of a 12-megapixel JPEG", ["program", "CPU a picture", "to ours", "wall", "peak RSS",
                                                        "to ours", "process for one: CPU", "its peak RSS", "320 px",
                                                        "1280 px"])
    summary = {name: {key: median([one[key] for one in runs]) for key in runs[0]} for name, runs in found.items()}
    for name in contenders:
        now, base = summary[name], summary[ours]
        alone = [median(values) for values in zip(*once[name])]
        table.add(name, f"{now['cpu_ms']:.0f} ms", f"{now['cpu_ms'] / base['cpu_ms']:.2f}×", f"{now['wall_ms']:.0f} ms",
                  f"{now['peak_rss_kib'] / 1024:.1f} MiB", f"{now['peak_rss_kib'] / base['peak_rss_kib']:.2f}×",
                  f"{alone[0]:.0f} ms", f"{alone[1] / MIB:.1f} MiB",
                  f"{now['thumbnail_bytes'] / 1024:.1f} KiB", f"{now['preview_bytes'] / 1024:.1f} KiB")
    cpu = summary[ours]["cpu_ms"]
    sharp = summary[others[0]]["cpu_ms"]
    return table, Row("12-megapixel JPEG to both thumbnails, CPU", f"{cpu:.0f} ms", others[0], f"{sharp:.0f} ms",
                      f"{cpu / sharp:.2f}×", "≤ 120 ms", cpu <= 120)


def single(command, environment):
    """CPU milliseconds and peak bytes of a process that makes the thumbnails of one picture, its start included."""
    before = os.times()
    told = json.loads(run(*command, 1, env=environment))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu * 1000, told["peak_rss_kib"] * 1024
