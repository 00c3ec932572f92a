"""Files to measure with."""

import os
import subprocess

import media
from common import FIXTURES, MIB, run, say

PHOTO_WIDTH, PHOTO_HEIGHT = 4000, 3000


def photo():
    """A JPEG of 12 megapixels, always the same bytes for one version of ffmpeg.

    Noise in four octaves, as strong in each, has about the spectrum of a photograph; the finest is a sensor's grain. A
    fractal over it brings hard edges and saturated colours. About 3.4 MB, as a camera would write it.
    """
    file = FIXTURES / "photo-12mp-1.jpg"
    if not file.exists():
        say("making the photograph")
        FIXTURES.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(f".{os.getpid()}.jpg")
        run("ffmpeg", "-v", "error", "-nostdin", "-y", *photo_sources(), "-map", "[photo]", "-frames:v", "1",
            "-q:v", "2", aside)
        aside.rename(file)
    return file


def photo_sources():
    size = f"{PHOTO_WIDTH}x{PHOTO_HEIGHT}"
    inputs = []
    for seed, octave in enumerate(("32x24", "160x120", "800x600", size), start=1):
        noise = f"color=gray:s={octave},format=yuv444p,noise=alls=100:all_seed={seed}"
        inputs += ["-f", "lavfi", "-i", noise]
    inputs += ["-f", "lavfi", "-i", f"mandelbrot=s={size}:start_scale=0.6:start_x=-0.75:start_y=0.12"]
    enlarged = f"scale={PHOTO_WIDTH}:{PHOTO_HEIGHT}:flags=bicubic"
    graph = ";".join((
        f"[0]{enlarged}[a]", f"[1]{enlarged}[b]", f"[2]{enlarged}[c]", "[3]gblur=sigma=0.7[d]",
        "[4]format=yuv444p,gblur=sigma=0.6[fractal]",
        "[a][b]blend=all_mode=average[ab]",
        "[ab][c]blend=all_mode=normal:all_opacity=0.7[abc]",
        "[abc][d]blend=all_mode=normal:all_opacity=0.75[noise]",
        "[fractal][noise]blend=all_mode=normal:all_opacity=0.55,format=yuvj420p[photo]",
    ))
    return [*inputs, "-filter_complex", graph]


def video(file, size):
    """Writes `size` bytes that begin as an MP4 does and go on with random ones, so that no layer can save work."""
    head = media.mp4_head()
    with open(file, "wb") as out:
        out.write(head)
        for start in range(len(head), size, 16 * MIB):
            out.write(os.urandom(min(16 * MIB, size - start)))
    # What is still to be written to disk must not be counted as part of what follows.
    os.sync()


def sound(file, size):
    """Writes a WAV of `size` bytes: noise of one channel, 16 bits and 44,100 samples a second."""
    data = size - 44
    head = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += b"".join(number.to_bytes(width, "little") for number, width in
                     ((1, 2), (1, 2), (44_100, 4), (88_200, 4), (2, 2), (16, 2)))
    file.write_bytes(head + b"data" + data.to_bytes(4, "little") + os.urandom(data))


def split(file, part_size, folder):
    """Cuts a file into parts, and gives them in order."""
    folder.mkdir()
    subprocess.run(["split", "--bytes", str(part_size), "--suffix-length", "5", "--numeric-suffixes", str(file),
                    f"{folder}/"], check=True)
    os.sync()
    return sorted(folder.iterdir())
