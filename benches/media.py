"""Films, recordings and a document to inspect: long, large, made once, and sparse where nothing but size matters.

The streams are of ffmpeg's encoders, some seconds of them again and again, so that the containers are of ffmpeg's
muxers and have the tables of a file as long as they say.
"""

import os
import random
import struct

from common import FIXTURES, MIB, run, say

CLIP_SECONDS = 10
FILM_SECONDS = 3 * 3600
RECORDING_SECONDS = 3600
PAGES, PAGE_BYTES = 3000, 30_000

PICTURE = ["-f", "lavfi", "-i", f"testsrc=s=1920x1080:r=24:d={CLIP_SECONDS}"]
# A tone that swells, so that frames of variable bit rate are of many lengths.
SOUND = ["-f", "lavfi", "-i", f"aevalsrc='sin(440*2*PI*t)*0.3+(random(0)-0.5)*t/{CLIP_SECONDS}':s=48000:d={CLIP_SECONDS}"]
MP4_STREAMS = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "40", "-c:a", "aac", "-b:a", "24k", "-ac", "2"]
WEBM_STREAMS = ["-s", "640x360", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "100k", "-c:a", "libopus",
                "-b:a", "24k"]
AVI_STREAMS = ["-s", "640x360", "-c:v", "mpeg4", "-q:v", "31", "-c:a", "libmp3lame", "-b:a", "32k"]


def made(name, make):
    """The file of this name among the fixtures; `make` writes it where it is missing. A file that is made in another
    way needs another name."""
    file = FIXTURES / name
    if not file.exists():
        say(f"making {name}")
        FIXTURES.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{os.getpid()}.{name}")
        try:
            make(aside)
            aside.rename(file)
        finally:
            aside.unlink(missing_ok=True)
    return file


def ffmpeg(*arguments):
    run("ffmpeg", "-v", "error", "-nostdin", "-y", *arguments)


def clip(name, *streams, sources=(*PICTURE, *SOUND)):
    return made(name, lambda file: ffmpeg(*sources, *streams, file))


def looped(file, seconds, *output):
    """ffmpeg's arguments to write a clip again and again, to so many seconds in all."""
    return ["-stream_loop", str(seconds // CLIP_SECONDS - 1), "-i", file, "-c", "copy", *output]


def film(size, at):
    """An MP4 of three hours and so many bytes with `moov` at its `start` or `end`."""
    def make(aside):
        source = clip("clip-1.mp4", *MP4_STREAMS)
        ffmpeg(*looped(source, FILM_SECONDS, *(["-movflags", "+faststart"] if at == "start" else []), aside))
        enlarge(aside, size)
    return made(f"film-{size // MIB}-mib-{at}-1.mp4", make)


def enlarge(file, size):
    """Puts a hole at the end of an MP4's `mdat`, and gives that a size of 64 bits (ISO/IEC 14496-12, section 4.2), for
    which ffmpeg leaves room in the empty `free` before it."""
    with open(file, "r+b") as stream:
        at, tail = 0, b""
        while header := stream.read(8):
            length, kind = struct.unpack(">I4s", header)
            if kind == b"mdat":
                mdat, end = at, at + length
                stream.seek(end)
                tail = stream.read()
                stream.seek(end)
            at += length
            stream.seek(at)
        stream.seek(mdat - 8)
        if stream.read(8) != b"\0\0\0\x08free":
            raise RuntimeError("there is no room before mdat")
        stream.truncate(end)
        stream.truncate(size)
        stream.seek(mdat - 8)
        stream.write(struct.pack(">I4sQ", 1, b"mdat", size - len(tail) - (mdat - 8)))
        stream.seek(size - len(tail))
        stream.write(tail)


def mp4_head():
    """What an MP4 says of itself, and a box of data whose length 0 means that it reaches to the end of the file (ISO/IEC
    14496-12, section 4.2), whatever follows."""
    data = clip("head-1.mp4", *MP4_STREAMS, "-movflags", "+faststart").read_bytes()
    return data[:data.index(b"mdat") - 4] + b"\0\0\0\0mdat"


def matroska():
    """A film of three hours with cues at its end."""
    source = clip("clip-1.mp4", *MP4_STREAMS)
    return made("film-1.mkv", lambda file: ffmpeg(*looped(source, FILM_SECONDS, file)))


def recorded_webm():
    """As a browser records: it says neither how long it plays nor how long its segment is, and has no cues."""
    source = clip("clip-1.webm", *WEBM_STREAMS)
    return made("recorded-1.webm", lambda file: ffmpeg(*looped(source, RECORDING_SECONDS, "-live", "1", file)))


def avi():
    source = clip("clip-1.avi", *AVI_STREAMS)
    return made("film-1.avi", lambda file: ffmpeg(*looped(source, RECORDING_SECONDS, file)))


def bare_mp3(size):
    """Frames of variable bit rate, and nothing else: no header that tells how many there are."""
    source = clip("clip-1.mp3", "-c:a", "libmp3lame", "-q:a", "2", "-write_xing", "0", "-id3v2_version", "0",
                  sources=SOUND)
    return made(f"bare-{size}-1.mp3", lambda file: repeat(source, size, file))


def adts(size):
    source = clip("clip-1.aac", "-c:a", "aac", "-b:a", "128k", sources=SOUND)
    return made(f"bare-{size}-1.aac", lambda file: repeat(source, size, file))


def repeat(source, size, file):
    data = source.read_bytes()
    file.write_bytes(data * (size // len(data)))


def ogg():
    """Opus for three hours, in pages about as large as they can be: 255 packets of 20 ms, 60 KB."""
    source = clip("clip-1.ogg", "-c:a", "libopus", "-b:a", "94k", "-vbr", "off", sources=SOUND)
    return made("long-1.ogg", lambda file: ffmpeg(*looped(source, FILM_SECONDS, "-page_duration", 60_000_000, file)))


def pdf():
    """Many pages with a picture of its own on each, as a scanner writes them, in a flat tree, behind which is a table of
    where its objects are (ISO 32000-1, section 7.5)."""
    def make(aside):
        noise = random.Random(1)
        places = {}
        with open(aside, "wb") as out:
            def put(number, text, data=None):
                places[number] = out.tell()
                out.write(f"{number} 0 obj\n{text}\n".encode())
                if data is not None:
                    out.write(b"stream\n" + data + b"\nendstream\n")
                out.write(b"endobj\n")

            out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
            for page in range(PAGES):
                first = 3 + 3 * page
                put(first, f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 1} 0 R "
                           f"/Resources << /XObject << /P {first + 2} 0 R >> >> >>")
                content = b"q 595 0 0 842 0 0 cm /P Do Q"
                put(first + 1, f"<< /Length {len(content)} >>", content)
                put(first + 2, f"<< /Type /XObject /Subtype /Image /Width 200 /Height {PAGE_BYTES // 200} "
                               f"/ColorSpace /DeviceGray /BitsPerComponent 8 /Length {PAGE_BYTES} >>",
                    noise.randbytes(PAGE_BYTES))
            kids = " ".join(f"{3 + 3 * page} 0 R" for page in range(PAGES))
            put(2, f"<< /Type /Pages /Count {PAGES} /Kids [{kids}] >>")
            put(1, "<< /Type /Catalog /Pages 2 0 R >>")
            table = out.tell()
            out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
            for number in sorted(places):
                out.write(f"{places[number]:010} 00000 n \n".encode())
            out.write(f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode())
    return made("scans-1.pdf", make)
