/// The formats that [`sniff`](crate::sniff) tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG image (ITU-T T.81).
    Jpeg,
    /// PNG image, animated or not (W3C PNG, third edition).
    Png,
    /// WebP image (RFC 9649).
    WebP,
    /// GIF image (GIF87a or GIF89a).
    Gif,
    /// HEIC still image: HEVC in HEIF (ISO/IEC 23008-12).
    Heic,
    /// AVIF still image or sequence: AV1 in HEIF.
    Avif,
    /// SVG drawing, as plain XML.
    Svg,
    /// MP4 video (ISO/IEC 14496-14).
    Mp4,
    /// QuickTime movie, with or without a file type box.
    QuickTime,
    /// AVI video.
    Avi,
    /// Matroska video or audio (RFC 9559).
    Matroska,
    /// WebM video or audio.
    WebM,
    /// MP4 with audio only, as its brand says (M4A, M4B).
    M4a,
    /// MP3: MPEG audio, layer III, with or without ID3v2 tags.
    Mp3,
    /// WAVE audio.
    Wav,
    /// Ogg with audio only (RFC 3533): Vorbis, Opus, FLAC or Speex.
    Ogg,
    /// AAC in an ADTS stream.
    Aac,
    /// FLAC audio (RFC 9639), with or without ID3v2 tags; in Ogg it is [`Format::Ogg`].
    Flac,
    /// PDF document.
    Pdf,
    /// Word 97 to 2003 document.
    Doc,
    /// Word document in Office Open XML (ECMA-376).
    Docx,
}

impl Format {
    /// Every format, in the order of their declaration.
    pub const ALL: [Self; 21] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Heic,
        Self::Avif,
        Self::Svg,
        Self::Mp4,
        Self::QuickTime,
        Self::Avi,
        Self::Matroska,
        Self::WebM,
        Self::M4a,
        Self::Mp3,
        Self::Wav,
        Self::Ogg,
        Self::Aac,
        Self::Flac,
        Self::Pdf,
        Self::Doc,
        Self::Docx,
    ];

    /// The format's media type, in one form: aliases such as `image/jpg` are for the caller to resolve.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.entry().0
    }

    /// The name of the format's reader, which reads all formats that are built alike. The fuzzer feeds readers by name.
    #[must_use]
    pub fn reader(self) -> &'static str {
        self.entry().1
    }

    /// The table of formats: media type and reader.
    fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::Jpeg => ("image/jpeg", "raster"),
            Self::Png => ("image/png", "raster"),
            Self::WebP => ("image/webp", "raster"),
            Self::Gif => ("image/gif", "raster"),
            Self::Heic => ("image/heic", "still"),
            Self::Avif => ("image/avif", "still"),
            Self::Svg => ("image/svg+xml", "svg"),
            Self::Mp4 => ("video/mp4", "iso"),
            Self::QuickTime => ("video/quicktime", "iso"),
            Self::Avi => ("video/x-msvideo", "avi"),
            Self::Matroska => ("video/matroska", "matroska"),
            Self::WebM => ("video/webm", "matroska"),
            Self::M4a => ("audio/mp4", "iso"),
            Self::Mp3 => ("audio/mpeg", "mpeg_audio"),
            Self::Wav => ("audio/wav", "wav"),
            Self::Ogg => ("audio/ogg", "ogg"),
            Self::Aac => ("audio/aac", "adts"),
            Self::Flac => ("audio/flac", "flac"),
            Self::Pdf => ("application/pdf", "pdf"),
            Self::Doc => ("application/msword", "doc"),
            Self::Docx => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        }
    }

    /// The format as one that [`image::inspect`](crate::image::inspect) reads; `None` for SVG, which has no pixels, and
    /// for everything that is no image.
    #[must_use]
    pub fn raster(self) -> Option<RasterFormat> {
        match self {
            Self::Jpeg => Some(RasterFormat::Jpeg),
            Self::Png => Some(RasterFormat::Png),
            Self::WebP => Some(RasterFormat::WebP),
            Self::Gif => Some(RasterFormat::Gif),
            _ => None,
        }
    }
}

/// The image formats that are made of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RasterFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
}
