"""The files that fuzzing starts from: small ones that ffmpeg writes, and by hand what it does not write.

    seeds.py FOLDER     writes FOLDER/<target>/<name>

What stands before each file, see src/drive.rs.
"""

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VIDEO = "-f lavfi -i testsrc=size=32x24:rate=10:duration=1"
AUDIO = "-f lavfi -i sine=frequency=440:sample_rate=8000:duration=1"
HOLE = 80 * 1024
LARGE_HOLE = 5 << 30
TAGS = "-metadata creation_time=2024-07-01T12:30:00Z -metadata location=+48.8577+002.2950/ -metadata title=a"

# Target, number of its format, name, what ffmpeg is told. V and A stand for one track of each.
ENCODED = [
    ("iso", 0, "h264-aac.mp4", f"V A -c:v libx264 -c:a aac {TAGS}"),
    ("iso", 0, "faststart.mp4", "V A -c:v libx264 -c:a aac -movflags +faststart"),
    ("iso", 0, "fragmented.mp4", "V A -c:v libx264 -c:a aac -g 5 -movflags frag_keyframe+empty_moov"),
    ("iso", 0, "dash.mp4", "V -c:v libx264 -g 5 -movflags dash+global_sidx+frag_keyframe"),
    ("iso", 0, "hevc.mp4", "V -c:v libx265 -x265-params log-level=none -tag:v hvc1 -color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc"),
    ("iso", 0, "av1-opus.mp4", "V A -c:v libaom-av1 -cpu-used 8 -c:a libopus"),
    ("iso", 0, "vp9-flac.mp4", "V A -c:v libvpx-vp9 -c:a flac -strict -2"),
    ("iso", 0, "mpeg4-mp3.mp4", "V A -c:v mpeg4 -c:a libmp3lame -ar 44100 -b:a 32k"),
    ("iso", 0, "ac3.mp4", "A -c:a ac3 -ar 48000 -b:a 64k"),
    ("iso", 1, "prores-pcm.mov", "V A -c:v prores_ks -profile:v 4444 -c:a pcm_s16be"),
    ("iso", 1, "h264-pcm24.mov", f"V A -c:v libx264 -c:a pcm_s24le -movflags use_metadata_tags {TAGS} -metadata com.apple.quicktime.make=Acme"),
    ("iso", 1, "png-alac.mov", "V A -c:v png -c:a alac -frames:v 1"),
    ("iso", 1, "mjpeg-adpcm.mov", "V A -c:v mjpeg -c:a adpcm_ima_qt -frames:v 2"),
    ("iso", 2, "aac.m4a", f"A -c:a aac {TAGS}"),
    ("iso", 2, "alac.m4a", "A -c:a alac"),
    ("still", 1, "still.avif", "V -c:v libaom-av1 -frames:v 1 -cpu-used 8 -still-picture 1 -f avif"),
    ("still", 1, "sequence.avif", "V -c:v libaom-av1 -frames:v 2 -cpu-used 8 -f avif"),
    ("matroska", 0, "h264-aac.mkv", f"V A -c:v libx264 -c:a aac {TAGS}"),
    ("matroska", 0, "hevc-flac.mkv", "V A -c:v libx265 -x265-params log-level=none -c:a flac -color_trc arib-std-b67"),
    ("matroska", 0, "mpeg4-mp3.mkv", "V A -c:v mpeg4 -c:a libmp3lame -ar 44100 -b:a 32k"),
    ("matroska", 0, "mpeg4-vfw-pcm.mkv", "V A -c:v msmpeg4 -c:a pcm_s16le"),
    ("matroska", 0, "live.mkv", "V A -c:v libx264 -g 5 -c:a ac3 -ar 48000 -b:a 64k -f matroska -live 1"),
    ("matroska", 0, "clusters.mkv", "V -c:v mpeg4 -g 1 -cluster_time_limit 200"),
    ("matroska", 1, "vp9-opus.webm", "V A -c:v libvpx-vp9 -c:a libopus"),
    ("matroska", 1, "vp8-vorbis.webm", "V A -c:v libvpx -c:a libvorbis"),
    ("matroska", 1, "av1.webm", "V -c:v libaom-av1 -cpu-used 8"),
    ("avi", 0, "mpeg4-mp3.avi", "V A -c:v mpeg4 -c:a libmp3lame -ar 44100 -b:a 32k"),
    ("avi", 0, "mjpeg-pcm.avi", "V A -c:v mjpeg -c:a pcm_s16le -frames:v 3"),
    ("avi", 0, "h264-ac3.avi", "V A -c:v libx264 -c:a ac3 -ar 48000 -b:a 64k"),
    ("avi", 0, "raw.avi", "V -c:v rawvideo -pix_fmt bgr24 -frames:v 1"),
    ("mpeg_audio", 0, "cbr.mp3", "A -b:a 32k -write_xing 0 -id3v2_version 0"),
    ("mpeg_audio", 0, "xing.mp3", f"A -q:a 9 {TAGS} -write_id3v1 1"),
    ("mpeg_audio", 0, "vbr.mp3", "A -q:a 9 -write_xing 0"),
    ("mpeg_audio", 0, "stereo.mp3", "A -ac 2 -ar 44100 -b:a 64k"),
    ("adts", 0, "lc.aac", "A -c:a aac -b:a 16k"),
    ("adts", 0, "tagged.aac", "A -c:a aac -b:a 16k -write_id3v2 1 -metadata title=a"),
    ("wav", 0, "s16.wav", "A -c:a pcm_s16le -t 0.1"),
    ("wav", 0, "f32.wav", "A -c:a pcm_f32le -ac 6 -t 0.02"),
    ("wav", 0, "rf64.wav", "A -c:a pcm_s24le -rf64 always -t 0.1"),
    ("wav", 0, "adpcm.wav", "A -c:a adpcm_ima_wav"),
    ("wav", 0, "mp3.wav", "A -c:a libmp3lame -b:a 16k"),
    ("wav", 0, "gsm-alaw.wav", f"A -c:a pcm_alaw -t 0.1 -write_bext 1 {TAGS}"),
    ("flac", 0, "a.flac", f"A -c:a flac {TAGS}"),
    ("flac", 0, "surround.flac", "A -ac 6 -c:a flac -frame_size 512 -t 0.2"),
    ("ogg", 0, "vorbis.ogg", "A -c:a libvorbis -page_duration 100000"),
    ("ogg", 0, "opus.ogg", "A -c:a libopus -page_duration 100000 -f ogg"),
    ("ogg", 0, "flac.ogg", "A -c:a flac -f ogg"),
    ("ogg", 0, "speex.ogg", "A -ac 1 -c:a libspeex -f ogg"),
    ("raster", 0, "a.jpg", "V -frames:v 1 -q:v 20"),
    ("raster", 1, "a.png", "V -frames:v 1"),
    ("raster", 1, "animated.png", "V -frames:v 3 -f apng"),
    ("raster", 2, "a.webp", "V -frames:v 1"),
    ("raster", 2, "animated.webp", "V -frames:v 3"),
    ("raster", 2, "lossless.webp", "V -frames:v 1 -lossless 1"),
    ("raster", 3, "a.gif", "V -frames:v 3"),
]


def encode(job):
    target, number, name, told = job
    inputs = f"{VIDEO} " * ("V" in told.split()) + f"{AUDIO} " * ("A" in told.split())
    maps = " ".join(f"-map {at}" for at in range(inputs.count("-i ")))
    rest = " ".join(word for word in told.split() if word not in "VA")
    made = FOLDER / f"making-{target}-{name}"
    command = f"ffmpeg -v error -y {inputs}{maps} {rest}".split() + ["-threads", "1", str(made)]
    if subprocess.run(command).returncode:
        sys.exit(f"ffmpeg could not make {name}")
    data = made.read_bytes()
    made.unlink()
    return target, number, name, data


def words(form, *values):
    return struct.pack(form, *values)


# ISO media files: HEIC, as telephones write it.


def iso_box(name, *body):
    body = b"".join(body)
    return words(">I", len(body) + 8) + name + body


def full(name, *body, version=0, flags=0):
    return iso_box(name, words(">I", version << 24 | flags), *body)


def heic(brand, alpha):
    properties = [
        full(b"ispe", words(">II", 64, 48)),
        iso_box(b"irot", b"\x01"),
        iso_box(b"clap", words(">8I", 60, 1, 40, 1, 0, 1, 0, 1)),
        full(b"auxC", b"urn:mpeg:hevc:2015:auxid:1\0"),
        full(b"pixi", b"\x03\x08\x08\x08"),
    ]
    of_items = words(">IHBBBBH", 2, 1, 3, 1, 0x83, 2, 2) + b"\x02\x01\x04"
    items = [full(b"infe", words(">HH", item, 0), b"hvc1\0", version=2) for item in (1, 2)]
    meta = [
        full(b"hdlr", bytes(4), b"pict", bytes(13)),
        full(b"pitm", words(">H", 1)),
        full(b"iinf", words(">H", 2), *items),
        full(b"iref", iso_box(b"auxl", words(">HHH", 2, 1, 1))) if alpha else b"",
        iso_box(b"iprp", iso_box(b"ipco", *properties), full(b"ipma", of_items)),
    ]
    return iso_box(b"ftyp", brand, bytes(4), brand, b"mif1") + full(b"meta", *meta) + iso_box(b"mdat", b"\1" * 64)


# Movies with what ffmpeg does not write: one track for each kind of sample entry.

MATRIX = words(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
UPSIDE_DOWN = words(">9i", -1 << 16, 0, 0, 0, -1 << 16, 0, 0, 0, 1 << 30)

VIDEO_ENTRIES = (
    "encv dvh1 vvc1 vp08 mjpb mjp2 DIVX h263 mpeg m2v1 xdv5 hdv2 dvc  AVdn CFHD Hap1 icod gif  tiff rle  rpza smc  cvid "
    "SVQ1 SVQ3 vc-1 drac FFV1 raw  v210 r210 v308 v408 v410 avc3 dvav"
)
AUDIO_ENTRIES = (
    "ipcm fpcm enca ec-3 ac-4 .mp3 .mp2 ulaw alaw MAC3 MAC6 QDM2 QDMC Qclp samr sawb agsm spex dtsc dtsx mlpa sowt twos "
    "raw  NONE in24 in32 fl32 fl64 lpcm"
)


def names(text):
    return [text[at : at + 4].encode() for at in range(0, len(text), 5)]


def video_entry(name):
    fields = bytes(6) + words(">H", 1) + bytes(16) + words(">HH", 64, 48) + bytes(46) + words(">Hh", 24, -1)
    boxes = [
        iso_box(b"colr", b"nclx", words(">HHHB", 9, 18, 9, 0)),
        iso_box(b"dvcC", b"\1\0", words(">H", 5 << 9 | 6 << 3), bytes(20)),
        iso_box(b"av1C", b"\x81\x44\x6E\0"),
        iso_box(b"pasp", words(">II", 4, 3)),
        iso_box(b"sinf", iso_box(b"frma", b"avc1")),
    ]
    return iso_box(name, fields, *boxes)


def audio_entry(name, *boxes, version=0):
    fields = bytes(6) + words(">HH", 1, version) + bytes(6) + words(">HHHHI", 2, 16, 0, 0, 48000 << 16)
    if version == 1:
        fields += words(">4I", 1, 2, 4, 2)
    if version == 2:
        fields += words(">IdIIIIII", 72, 48000, 2, 0x7F000000, 24, 0xC, 6, 1)
    return iso_box(name, fields, *boxes)


def esds(kind, specific):
    decoder = bytes([4, 13 + 2 + len(specific), kind, 0x15]) + bytes(11) + bytes([5, len(specific)]) + specific
    return full(b"esds", bytes([3, 3 + len(decoder) + 3, 0, 1, 0]) + decoder + b"\6\1\2")


def track(number, kind, entry, *beside, tables=b"", matrix=MATRIX, version=0):
    handler = full(b"hdlr", bytes(4), kind, bytes(13))
    long = ">QQIQHH" if version else ">IIIIHH"
    mdhd = full(b"mdhd", words(long, 1, 2, 1000, 5000, 0x15C7, 0), version=version)
    tkhd = words(">IIIII", 1, 2, number, 0, 5000) + bytes(16) + matrix + words(">II", 64 << 16, 48 << 16)
    stbl = iso_box(b"stbl", full(b"stsd", words(">I", 1), entry), full(b"stts", words(">III", 1, 50, 100)), tables)
    return iso_box(
        b"trak", full(b"tkhd", tkhd, flags=3), *beside,
        iso_box(b"mdia", mdhd, handler, full(b"elng", b"de-AT\0"), iso_box(b"minf", stbl)),
    )


def movie_header(tracks):
    return full(b"mvhd", words(">IIII", 3802593600, 0, 1000, 5000), bytes(16), MATRIX, bytes(24), words(">I", tracks + 1))


def user_data():
    def text(value):
        return words(">HH", len(value), 0x15C7) + value

    return iso_box(
        b"udta", iso_box(b"\xA9mak", text(b"Acme")), iso_box(b"\xA9mod", text(b"Camera 1")),
        iso_box(b"\xA9day", text(b"2024-07-01T12:30:00.5+0200")), iso_box(b"\xA9xyz", text(b"+4851.46+00217.70+35/")),
        iso_box(b"loci", bytes(6) + b"Paris\0\0" + words(">iii", 2 << 16, 48 << 16, 35 << 16) + b"earth\0\0"),
    )


def keys():
    pairs = [
        (b"com.apple.quicktime.creationdate", b"2024-07-01T12:30:00+0200"),
        (b"com.apple.quicktime.location.ISO6709", b"+48.8577+002.2950+035.000/"),
        (b"com.apple.quicktime.make", b"Acme"), (b"com.apple.quicktime.model", b"Camera 1"),
    ]
    listed = b"".join(words(">I", len(key) + 8) + b"mdta" + key for key, _ in pairs)
    values = [
        iso_box(words(">I", at), iso_box(b"data", words(">II", 1, 0), value)) for at, (_, value) in enumerate(pairs, 1)
    ]
    return iso_box(b"meta", full(b"hdlr", bytes(4), b"mdta", bytes(12)), full(b"keys", words(">I", len(pairs)), listed), iso_box(b"ilst", *values))


def movie_of(*boxes, brand=b"isom"):
    return iso_box(b"ftyp", brand, bytes(4), brand) + iso_box(b"moov", *boxes)


def movies():
    for name in names(VIDEO_ENTRIES):
        yield name, movie_of(movie_header(1), track(1, b"vide", video_entry(name), version=1))
    entries = [audio_entry(name, full(b"pcmC", b"\1\x18")) for name in names(AUDIO_ENTRIES)]
    entries += [audio_entry(name, version=2) for name in names("lpcm sowt")]
    entries += [audio_entry(b"lpcm", iso_box(b"wave", iso_box(b"enda", b"\0\1")), version=1)]
    entries += [audio_entry(b"ms\0" + bytes([tag])) for tag in (2, 6, 7, 0x11, 0x55)]
    entries += [audio_entry(b"ec-3", iso_box(b"dec3", words(">HHB", 0, 0x2000, 0x0F)))]
    kinds = [0x40, 0x69, 0xA5, 0xA6, 0xA9, 0xAD, 0xDD, 0xE1]
    specific = b"\x02\x1E\0\x01vorbis\0\0\0\0\2" + words("<I", 44100)
    entries += [audio_entry(b"mp4a", esds(kind, specific)) for kind in kinds]
    for config in ("2B920800", "EB098800", "139056E5A0", "139056E5A55480", "F8E6A0", "F8C6A0", "1790", "17DDC0"):
        entries.append(audio_entry(b"mp4a", esds(0x40, bytes.fromhex(config))))
    tracks = [track(at, b"soun", entry) for at, entry in enumerate(entries, 1)]
    yield b"audio", movie_of(movie_header(len(tracks)), *tracks[:40])
    yield b"more-audio", movie_of(movie_header(len(tracks)), *tracks[40:])
    chapters = iso_box(b"tref", iso_box(b"chap", words(">I", 2)))
    edits = iso_box(b"edts", full(b"elst", words(">IQqIQqI", 2, 500, -1, 1 << 16, 4000, 2, 1 << 16), version=1))
    yield b"turned", movie_of(
        movie_header(2), track(1, b"vide", video_entry(b"avc1"), edits, chapters, matrix=UPSIDE_DOWN),
        track(2, b"vide", video_entry(b"jpeg")), user_data(), brand=b"qt  ",
    )
    yield b"keys", movie_of(movie_header(1), track(1, b"vide", video_entry(b"avc1")), keys())
    extends = iso_box(b"mvex", full(b"mehd", words(">I", 7000)), full(b"trex", words(">5I", 1, 1, 40, 0, 0)))
    fragment = iso_box(b"traf", iso_box(b"tfhd", words(">III", 0x20008, 1, 40)), full(b"tfdt", words(">I", 2000)), iso_box(b"trun", words(">III", 1, 50, 0)))
    moof = iso_box(b"moof", full(b"mfhd", words(">I", 1)), fragment)
    yield b"announced", movie_of(movie_header(1), track(1, b"vide", video_entry(b"avc1")), extends) + moof + iso_box(b"mdat", bytes(9))


def sparse_movie():
    """A header with two tracks whose tables are the holes."""
    table = words(">I", HOLE + 8) + b"stsz"
    header = movie_header(3)

    def long_track(number, kind, entry):
        made = track(number, kind, entry, tables=table)
        # Its box, and those down to the table, are longer by the hole.
        for name in (b"trak", b"mdia", b"minf", b"stbl"):
            at = made.index(name) - 4
            made = made[:at] + words(">I", int.from_bytes(made[at : at + 4], "big") + HOLE) + made[at + 4 :]
        return made

    first = long_track(1, b"vide", video_entry(b"avc1"))
    second = long_track(2, b"soun", audio_entry(b"mp4a"))
    last = track(3, b"soun", audio_entry(b"alac")) + user_data()
    length = 8 + len(header + first + second + last) + 2 * HOLE
    start = iso_box(b"ftyp", b"isom", bytes(4)) + words(">I", length) + b"moov" + header + first
    return start, second, last


# Matroska, with what ffmpeg does not write.


def element(number, *body):
    body = b"".join(part if isinstance(part, bytes) else words(">Q", part) for part in body)
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + words(">Q", 1 << 56 | len(body)) + body


def cluster(time, blocks, number=1):
    made = [element(0xA3, bytes([0x80 | number]) + words(">hB", at, 0x80) + b"frame") for at in blocks]
    return element(0x1F43B675, element(0xE7, time), *made)


def matroska_track(number, kind, codec, private, *more):
    name = [element(0xD7, number), element(0x83, kind), element(0x86, codec), element(0x63A2, private)]
    return element(0xAE, *name, element(0x22B59D, b"de-AT"), *more)


def film(tracks, *rest):
    head = element(0x1A45DFA3, element(0x4282, b"matroska"))
    info = element(0x1549A966, element(0x2AD7B1, 1000000), element(0x4461, 700000000 << 30))
    return head, element(0x18538067, info, element(0x1654AE6B, *tracks), *rest)


def films():
    turned = element(0x7670, element(0x7671, b"\0"), element(0x7675, words(">f", -90)))
    light = element(0x55B0, element(0x55BA, 16))
    sides = [element(0xB0, 64), element(0xBA, 48), element(0x54B0, 4), element(0x54BA, 3), element(0x54B2, 3)]
    cut = [element(number, 1) for number in (0x54AA, 0x54BB, 0x54CC, 0x54DD)]
    video = element(0xE0, *sides, *cut, element(0x53C0, 1), turned, light)
    plain = element(0xE0, *sides[:2], element(0x2383E3, words(">f", 25)))
    audio = element(0xE1, element(0x9F, 2), element(0xB5, words(">d", 24000)), element(0x78B5, words(">d", 48000)), element(0x6264, 16))
    bitmap = words("<IiiHH4s", 40, 64, 48, 1, 24, b"XVID") + bytes(20)
    wave = words("<HHIIHHH", 0x55, 2, 44100, 16000, 1, 0, 0)
    pictures = [
        (b"V_MS/VFW/FOURCC", bitmap), (b"V_QUICKTIME", bytes(4) + b"SVQ3"), (b"V_VP9", bytes.fromhex("010102020129030108")),
        (b"V_MPEG2", b""), (b"V_AV1", b"\x81\x44\x6E\0"), (b"V_PRORES", b"apcn"), (b"V_UNCOMPRESSED", b""), (b"V_THEORA", b""),
    ]
    sounds = [
        (b"A_MS/ACM", wave), (b"A_AAC/MPEG4/LC/SBR", b""), (b"A_AAC/MPEG2/LC", b""), (b"A_AAC", b"\x2B\x92\x08\0"),
        (b"A_PCM/INT/BIG", b""), (b"A_PCM/FLOAT/IEEE", b""), (b"A_DTS", b""), (b"A_EAC3", b""), (b"A_TRUEHD", b""),
        (b"A_QUICKTIME", bytes(4) + b"QDM2"), (b"A_REAL/COOK", b""), (b"A_MPEG/L2", b""), (b"A_WAVPACK4", b""),
    ]
    tracks = [matroska_track(at, 1, codec, private, video) for at, (codec, private) in enumerate(pictures, 1)]
    tracks += [matroska_track(at, 2, codec, private, audio) for at, (codec, private) in enumerate(sounds, 20)]
    clusters = [cluster(time, range(0, 400, 40)) for time in (0, 400, 800)]
    yield b"all", b"".join(film(tracks, *clusters))
    for at, (codec, private) in enumerate(pictures):
        yield b"%d" % at, b"".join(film([matroska_track(1, 1, codec, private, plain)], *clusters))


def sparse_film(large):
    """No cues, and large blocks: the holes are in them."""
    video = element(0xE0, element(0xB0, 64), element(0xBA, 48))
    made = []
    for time, hole in ((0, large), (400, HOLE), (800, 0)):
        blocks = cluster(time, range(0, 400, 40))[12:]
        long = b"\xA3" + words(">Q", 1 << 56 | 9 + hole) + b"\x81" + words(">hB", 399, 0) + b"frame"
        made.append(b"\x1F\x43\xB6\x75" + words(">Q", 1 << 56 | len(blocks + long) + hole) + blocks + long)
    head, segment = film([matroska_track(1, 1, b"V_VP8", b"", video)])
    length = len(segment) - 12 + len(b"".join(made)) + large + HOLE
    return head + segment[:4] + words(">Q", 1 << 56 | length) + segment[12:] + made[0], made[1], made[2]


# Compound files.


def compound_file(pages, flags, version=3):
    sector = 512 if version == 3 else 4096
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    properties = b"\x1E\0\0\0\x0C\0\0\0Normal.dotm\0" + words("<II", 3, pages)
    summary = b"\xFE\xFF\0\0\x0A\0\x02\0" + bytes(16) + words("<I", 1)
    summary += bytes.fromhex("E0859FF2F94F6810AB9108002B27B3D9")
    summary += words("<7I", 48, 52, 2, 7, 24, 14, 44) + properties
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + words("<HHHHH", 0x3E, version, 0xFFFE, 9 if version == 3 else 12, 6)
    header += bytes(10) + words("<7I", 1, 1, 0, 4096, 2, 1, end) + words("<II", 0, 0) + b"\xFF" * 432
    length = 4096 // sector
    chain = [0xFFFFFFFD, end, end, end] + [5 + at for at in range(length - 1)] + [end]
    table = b"".join(words("<I", link) for link in chain).ljust(sector, b"\xFF")

    def entry(name, left, right, child, start, size):
        name = name.encode("utf-16le")
        entry = name.ljust(64, b"\0") + words("<HBBIII", len(name) + 2, 2, 1, left, right, child)
        return entry + bytes(36) + words("<IQ", start, size)

    directory = entry("Root Entry", free, free, 2, 3, 512) + entry("WordDocument", free, free, free, 4, 4096)
    directory += entry("1Table", 3, 1, free, 4, 4096) + entry("\5SummaryInformation", free, free, free, 2, len(summary))
    small = words("<4I", end, free, 0, free).ljust(sector, b"\xFF")
    holder = (summary[64:].ljust(128, b"\0") + summary[:64]).ljust(sector, b"\0")
    word = (b"\xEC\xA5\xC1\0" + bytes(6) + words("<H", flags)).ljust(4096, b"\0")
    return b"".join(part.ljust(sector, b"\0") for part in (header, table, directory, small, holder)) + word


# PDF.


def pdf(objects, trailer, version="1.7"):
    data = f"%PDF-{version}\n".encode()
    table = b"xref\n0 1\n0000000000 65535 f \n"
    for number, text in objects:
        table += b"%d 1\n%010d 00000 n \n" % (number, len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    return data + table + b"trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(data))


def pdf_stream(entries, data):
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), entries, data)


CATALOG = (1, b"<</Type/Catalog/Pages 2 0 R>>")
PAGES = (2, b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>")
LEAVES = [(number, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>") for number in (3, 4)]


def pdf_of_streams(encrypted=b""):
    inside = b"1 0 2 30 " + CATALOG[1] + b" " + PAGES[1]
    inside = pdf_stream(b"/Type/ObjStm/N 2/First 9/Filter/FlateDecode", zlib.compress(inside))
    data = b"%PDF-1.5\n"
    places = []
    for number, text in [*LEAVES, (5, inside)]:
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    rows = [(0, 0, 0), (2, 5, 0), (2, 5, 1), *((1, place, 0) for place in places), (1, len(data), 0)]
    rows = [words(">BHB", *row) for row in rows]
    above = [bytes(4), *rows]
    predicted = b"".join(
        b"\2" + bytes((byte - over) % 256 for byte, over in zip(row, before)) for row, before in zip(rows, above)
    )
    says = b"/Type/XRef/W[1 2 1]/Size 7/Root 1 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>"
    table = pdf_stream(says + encrypted, zlib.compress(predicted))
    return data + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (table, len(data))


def pdf_with_update():
    data = pdf([CATALOG, PAGES, *LEAVES], b"/Size 5/Root 1 0 R")
    before = int(data.split()[-2])
    at = len(data)
    data += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    table = len(data)
    data += b"xref\n2 1\n%010d 00000 n \ntrailer<</Size 5/Root 1 0 R/Prev %d>>" % (at, before)
    return data + b"startxref\n%d\n%%%%EOF" % table


def pdf_linearized():
    return b"%PDF-1.4\n9 0 obj<</Linearized 1/L 500/O 3/E 200/N 7/T 300/H[1 2]>>endobj\n" + pdf(
        [CATALOG, PAGES], b"/Size 3/Root 1 0 R"
    )


def sparse_pdf():
    """The pages in the middle, the table at the end; the holes in comments."""
    start = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%"
    at = len(start) + HOLE
    middle = b"\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n%"
    table = at + len(middle) + HOLE + 1
    places = (9, at + 1, at + middle.index(b"3 0 obj"))
    end = b"\nxref\n1 3\n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return start, middle, end + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table


# Word documents.

PROPERTIES = b"<?xml version='1.0'?><Properties xmlns='urn:x'><Template/><Pages>12</Pages><Words>9</Words></Properties>"


def docx(method, comment=b""):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.comment = comment
        for name in ("[Content_Types].xml", "word/document.xml", "docProps/app.xml"):
            archive.writestr(zipfile.ZipInfo(name), PROPERTIES, method)
    return data.getvalue()


def docx_of_64_bits():
    """As where there are more or longer files than the first records can tell."""
    data = docx(zipfile.ZIP_STORED)
    end = data.index(b"PK\5\6")
    count, length, at = struct.unpack("<HII", data[end + 10 : end + 20])
    name, local = b"docProps/app.xml", data.index(b"docProps/app.xml") - 30
    directory = at + data[at:end].index(name) - 46
    field = words("<HHQQQ", 1, 24, len(PROPERTIES), len(PROPERTIES), local)
    entry = data[directory : directory + 20] + words("<IIHHHHHII", 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(field) + 4, 0, 0, 0, 0, 0xFFFFFFFF)
    data = data[:directory] + entry + name + words("<HH", 2, 0) + field
    large = b"PK\6\6" + words("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(data) - at, at)
    locator = b"PK\6\7" + words("<IQI", 0, len(data), 1)
    return data + large + locator + b"PK\5\6" + words("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def sparse_docx():
    name, first = b"docProps/app.xml", b"[Content_Types].xml"
    fields = words("<HHHHHIII", 20, 0, 0, 0, 0, zlib.crc32(PROPERTIES), len(PROPERTIES), len(PROPERTIES))
    start = b"PK\3\4" + fields + words("<HH", len(first), 0) + first
    middle = b"PK\3\4" + fields + words("<HH", len(name), 0) + name + PROPERTIES
    at = len(start) + HOLE
    directory = b"PK\1\2\x14\0" + fields + words("<HHHHHII", len(first), 0, 0, 0, 0, 0, 0) + first
    directory += b"PK\1\2\x14\0" + fields + words("<HHHHHII", len(name), 0, 0, 0, 0, 0, at) + name
    end = b"PK\5\6" + words("<HHHHIIH", 0, 0, 2, 2, len(directory), at + len(middle) + HOLE, 0)
    return start, middle, directory + end


# Pictures.


def tiff(order):
    def directory(at, entries):
        body, beyond = words(order + "H", len(entries)), b""
        after = at + 6 + 12 * len(entries)
        for tag, kind, value in entries:
            if kind == 2:
                value = value + b"\0"
                count = len(value)
            elif kind == 5:
                count, value = len(value) // 2, words(order + f"{len(value)}I", *value)
            elif kind == 1:
                count, value = 1, bytes([value])
            else:
                count, value = 1, words(order + {3: "H", 4: "I"}[kind], value)
            body += words(order + "HHI", tag, kind, count)
            if len(value) > 4:
                body += words(order + "I", after + len(beyond))
                beyond += value
            else:
                body += value.ljust(4, b"\0")
        return body + bytes(4) + beyond

    times = [(0x9003, 2, b"2024:07:01 12:30:00"), (0x9004, 2, b"2024:07:01 12:30:01"), (0x9011, 2, b"+02:00")]
    place = [(1, 2, b"S"), (2, 5, [33, 1, 51, 1, 3600, 100]), (3, 2, b"E"), (4, 5, [151, 1, 1250, 100, 0, 1]), (5, 1, 1), (6, 5, [15, 2])]
    own = [(0x10F, 2, b"Acme Inc"), (0x110, 2, b"Camera 1"), (0x112, 3, 6), (0x132, 2, b"2024:07:02 00:00:00")]
    own += [(0x8769, 4, 400), (0x8825, 4, 600)]
    start = (b"MM\0\x2A" if order == ">" else b"II\x2A\0") + words(order + "I", 8)
    return (start + directory(8, own)).ljust(400, b"\0") + directory(400, times).ljust(200, b"\0") + directory(600, place)


def with_exif(jpeg):
    exif = b"Exif\0\0" + tiff(">")
    return jpeg[:2] + b"\xFF\xE1" + words(">H", len(exif) + 2) + exif + jpeg[2:]


def png_with_exif(png):
    chunk = b"eXIf" + tiff("<")
    return png[:33] + words(">I", len(chunk) - 4) + chunk + words(">I", zlib.crc32(chunk)) + png[33:]


def webp_with_exif(webp):
    exif = tiff(">")
    body = b"WEBPVP8X" + words("<IIHBHB", 10, 0x18, 31, 0, 23, 0) + webp[12:] + b"EXIF" + words("<I", len(exif)) + exif
    return b"RIFF" + words("<I", len(body)) + body


SVG = [
    b'<?xml version="1.0"?><!-- a --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg xmlns="http://www.w3.org/2000/svg" width="10cm" height=\'1.5e1pt\' viewBox="0 0 10 20"/>',
    b'\xEF\xBB\xBF<svg viewBox="-1.5,0 1e2 20" width="100%"><path/></svg>',
    b'<svg:svg xmlns:svg="http://www.w3.org/2000/svg" height="3em" width="4IN" viewBox="0 0 3 4"></svg:svg>',
]


def piped_flac(flac):
    """Without the number of samples, which an encoder that writes into a pipe does not know."""
    return flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]


def by_hand(made):
    yield "flac", 0, "piped.flac", piped_flac(made["a.flac"])
    yield "still", 0, "still.heic", heic(b"heic", True)
    yield "still", 0, "plain.heic", heic(b"heix", False)
    for version in (3, 4):
        yield "doc", 0, f"{version}.doc", compound_file(17, 0x1200, version)
    for name, data in movies():
        yield "iso", int(data[8:12] == b"qt  "), f"{name.decode().strip()}.mp4", data
    for name, data in films():
        yield "matroska", 0, f"hand-{name.decode()}.mkv", data
    yield "docx", 0, "64-bits.docx", docx_of_64_bits()
    yield "doc", 0, "locked.doc", compound_file(17, 0x1300)
    yield "docx", 0, "deflated.docx", docx(zipfile.ZIP_DEFLATED)
    yield "docx", 0, "stored.docx", docx(zipfile.ZIP_STORED, b"a comment")
    size = b"/Size 5/Root 1 0 R"
    yield "pdf", 0, "table.pdf", pdf([CATALOG, PAGES, *LEAVES], size)
    yield "pdf", 0, "locked.pdf", pdf([CATALOG, PAGES, *LEAVES], size + b"/Encrypt<</Filter/Standard/V 1>>")
    no_count = b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count -1>>"
    yield "pdf", 0, "counted.pdf", pdf([CATALOG, (2, no_count), *LEAVES], size)
    yield "pdf", 0, "streams.pdf", pdf_of_streams()
    yield "pdf", 0, "locked-streams.pdf", pdf_of_streams(b"/Encrypt 7 0 R")
    yield "pdf", 0, "update.pdf", pdf_with_update()
    yield "pdf", 0, "linearized.pdf", pdf_linearized()
    yield "pdf", 0, "no-table.pdf", pdf([CATALOG, PAGES, *LEAVES], size).split(b"startxref")[0]
    for number, drawing in enumerate(SVG):
        yield "svg", 0, f"{number}.svg", drawing
    yield "raster", 0, "exif.jpg", with_exif(made["a.jpg"])
    yield "raster", 1, "exif.png", png_with_exif(made["a.png"])
    yield "raster", 2, "exif.webp", webp_with_exif(made["a.webp"])


def with_holes(made):
    yield "pdf", 0, "holes.pdf", *sparse_pdf()
    yield "docx", 0, "holes.docx", *sparse_docx()
    yield "iso", 0, "holes-header.mp4", *sparse_movie()
    yield "matroska", 0, "holes-film.mkv", *sparse_film(HOLE)
    movie = made["h264-aac.mp4"]
    data, moov = movie.index(b"mdat") - 4, movie.index(b"moov") - 4
    length = words(">I", moov - data + HOLE)
    free = words(">I", HOLE + 8) + b"free"
    yield "iso", 0, "holes.mp4", movie[:data] + length + movie[data + 4 : moov], movie[moov:] + free, b""
    parts = made["fragmented.mp4"]
    first = parts.index(b"moof") - 4
    second = parts.index(b"moof", first + 8) - 4
    free = words(">I", HOLE + 8) + b"free"
    yield "iso", 0, "holes-fragmented.mp4", parts[:first] + free, parts[first:second] + free, parts[second:]
    film = made["clusters.mkv"]
    cluster = film.index(b"\x1F\x43\xB6\x75")
    void = b"\xEC" + words(">Q", 1 << 56 | HOLE)
    yield "matroska", 0, "holes.mkv", film[:cluster] + void, film[cluster:] + void, film[cluster:]
    flac = piped_flac(made["a.flac"])
    audio = flac.index(b"\xFF\xF8")
    yield "flac", 0, "holes.flac", flac[: audio + 1000], flac[audio + 1000 : audio + 2000], flac[audio + 2000 :]
    for target, name in [
        ("avi", "mpeg4-mp3.avi"), ("mpeg_audio", "vbr.mp3"), ("mpeg_audio", "cbr.mp3"), ("adts", "lc.aac"), ("wav", "s16.wav"),
        ("ogg", "vorbis.ogg"), ("ogg", "opus.ogg"),
    ]:
        third = len(made[name]) // 3
        yield target, 0, f"holes-{name}", made[name][:third], made[name][third : 2 * third], made[name][2 * third :]


def write(target, name, data):
    (FOLDER / target).mkdir(parents=True, exist_ok=True)
    (FOLDER / target / name).write_bytes(data)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        files = list(pool.map(encode, ENCODED))
    made = {name: data for _, _, name, data in files}
    files += by_hand(made)
    for target, number, name, data in files:
        write(target, name, bytes([number << 5]) + data)
        # What a file is, its start tells.
        write("sniff", name, b"\0" + data[:2048])
    for target, number, name, start, middle, end in with_holes(made):
        lengths = words("<HH", len(start), len(middle))
        write(target, name, bytes([number << 5 | 2]) + lengths + start + middle + end)
        write(target, f"large-{name}", bytes([number << 5 | 3]) + lengths + start + middle + end)
    start, middle, end = sparse_film(LARGE_HOLE)
    write("matroska", "large-film.mkv", b"\3" + words("<HH", len(start), len(middle)) + start + middle + end)


FOLDER = Path(sys.argv[1])
main()
