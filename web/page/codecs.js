/** The codecs' short names that people know by another one. */
const NAMES = new Map(Object.entries({
  h264: "H.264",
  hevc: "H.265",
  h263: "H.263",
  vvc: "H.266",
  av1: "AV1",
  vp8: "VP8",
  vp9: "VP9",
  mpeg1video: "MPEG-1",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4",
  mjpeg: "Motion JPEG",
  jpeg2000: "JPEG 2000",
  prores: "ProRes",
  dnxhd: "DNxHD",
  dvvideo: "DV",
  ffv1: "FFV1",
  vc1: "VC-1",
  theora: "Theora",
  rawvideo: "uncompressed",
  aac: "AAC",
  mp2: "MP2",
  mp3: "MP3",
  opus: "Opus",
  vorbis: "Vorbis",
  flac: "FLAC",
  alac: "ALAC",
  ac3: "AC-3",
  eac3: "E-AC-3",
  dts: "DTS",
  truehd: "TrueHD",
  speex: "Speex",
  pcm_alaw: "A-law PCM",
  pcm_mulaw: "μ-law PCM",
}));

/**
 * @param {string} codec by its common short name, or whatever the file calls it
 * @returns {string} "H.264", "16-bit PCM"; what is not known, as it is
 */
export function formatCodec(codec) {
  const name = NAMES.get(codec);
  if (name) return name;
  const [, kind, bits] = /^pcm_([suf])(\d+)/.exec(codec) ?? [];
  if (kind) return `${bits}-bit ${kind === "f" ? "float " : ""}PCM`;
  return codec.startsWith("pcm_") ? "PCM" : codec;
}
