"""Makes the thumbnails of one image with Pillow, as `examples/thumbnail.rs` does: `pillow_thumbnails.py FILE [COUNT]`.

Prints the same line of JSON.
"""

import io
import json
import re
import sys
import time
from pathlib import Path

from PIL import Image, ImageOps


def thumbnails(data):
    picture = Image.open(io.BytesIO(data))
    # Uses libjpeg's scaled decoding, as the others do.
    picture.thumbnail((1280, 1280), Image.Resampling.BICUBIC)
    ImageOps.exif_transpose(picture, in_place=True)
    small = picture.copy()
    small.thumbnail((320, 320), Image.Resampling.BICUBIC)
    return {"preview_bytes": webp(picture), "thumbnail_bytes": webp(small)}


def webp(picture):
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=1)
    return out.tell()


def main(file, count="11"):
    data = Path(file).read_bytes()
    rounds = []
    start = time.perf_counter()
    for _ in range(int(count)):
        before = time.process_time()
        made = thumbnails(data)
        rounds.append((time.process_time() - before) * 1000)
    wall = (time.perf_counter() - start) * 1000 / len(rounds)
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
    cpu = sorted(rounds)[len(rounds) // 2]
    print(json.dumps({"cpu_ms": cpu, "wall_ms": wall, "peak_rss_kib": peak, **made}))


main(*sys.argv[1:])
