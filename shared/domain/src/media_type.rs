//! The media types that assets may have, each in one form, and what kind of asset each is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};

/// What an asset is to its users; limits and lists go by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Something to read.
    Document,
    /// Not known yet: its source was not asked so far. Nothing that is stored is of this kind.
    Unknown,
}

impl Kind {
    /// All kinds of what is stored.
    pub const ALL: [Self; 4] = [Self::Image, Self::Video, Self::Audio, Self::Document];

    /// The kind's name in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a kind of what is stored by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the media types that Quayside knows, in the form in which it is stored and signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct MediaType(usize);

struct Known {
    name: &'static str,
    kind: Kind,
    /// What the names of its files end in, in small letters.
    extensions: &'static [&'static str],
    aliases: &'static [&'static str],
}

const KNOWN: [Known; 22] = [
    Known {
        name: "image/jpeg",
        kind: Kind::Image,
        extensions: &["jpg", "jpeg"],
        aliases: &["image/jpg", "image/pjpeg"],
    },
    Known { name: "image/png", kind: Kind::Image, extensions: &["png"], aliases: &["image/x-png", "image/apng"] },
    Known { name: "image/webp", kind: Kind::Image, extensions: &["webp"], aliases: &[] },
    Known { name: "image/gif", kind: Kind::Image, extensions: &["gif"], aliases: &[] },
    Known { name: "image/heic", kind: Kind::Image, extensions: &["heic", "heif"], aliases: &[] },
    Known { name: "image/avif", kind: Kind::Image, extensions: &["avif"], aliases: &[] },
    Known { name: "image/svg+xml", kind: Kind::Image, extensions: &["svg"], aliases: &["image/svg"] },
    Known {
        name: "video/mp4",
        kind: Kind::Video,
        extensions: &["mp4", "m4v"],
        aliases: &["video/x-m4v", "application/mp4"],
    },
    Known { name: "video/webm", kind: Kind::Video, extensions: &["webm"], aliases: &[] },
    Known {
        name: "video/quicktime",
        kind: Kind::Video,
        extensions: &["mov"],
        aliases: &["video/mov", "video/x-quicktime"],
    },
    Known {
        name: "video/x-msvideo",
        kind: Kind::Video,
        extensions: &["avi"],
        aliases: &["video/avi", "video/msvideo", "video/vnd.avi"],
    },
    Known {
        name: "video/matroska",
        kind: Kind::Video,
        extensions: &["mkv"],
        aliases: &["video/x-matroska", "video/mkv"],
    },
    Known {
        name: "audio/mpeg",
        kind: Kind::Audio,
        extensions: &["mp3"],
        aliases: &["audio/mp3", "audio/x-mp3", "audio/x-mpeg"],
    },
    Known {
        name: "audio/wav",
        kind: Kind::Audio,
        extensions: &["wav"],
        aliases: &["audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"],
    },
    Known {
        name: "audio/ogg",
        kind: Kind::Audio,
        extensions: &["ogg", "oga", "opus"],
        aliases: &["audio/vorbis", "audio/opus", "application/ogg"],
    },
    Known { name: "audio/mp4", kind: Kind::Audio, extensions: &["m4a"], aliases: &["audio/m4a", "audio/x-m4a"] },
    Known {
        name: "audio/aac",
        kind: Kind::Audio,
        extensions: &["aac"],
        aliases: &["audio/x-aac", "audio/aacp", "audio/x-hx-aac-adts"],
    },
    Known { name: "audio/flac", kind: Kind::Audio, extensions: &["flac"], aliases: &["audio/x-flac"] },
    Known { name: "application/pdf", kind: Kind::Document, extensions: &["pdf"], aliases: &["application/x-pdf"] },
    Known {
        name: "application/msword",
        kind: Kind::Document,
        extensions: &["doc"],
        aliases: &["application/doc", "application/x-msword"],
    },
    Known {
        name: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        kind: Kind::Document,
        extensions: &["docx"],
        aliases: &[],
    },
    Known { name: "application/octet-stream", kind: Kind::Unknown, extensions: &[], aliases: &["binary/octet-stream"] },
];

impl MediaType {
    /// `application/octet-stream`, which says nothing of what the bytes are. No file is declared so; what is taken from a
    /// URL is of this type until its source has told its own.
    pub const UNKNOWN: Self = Self(KNOWN.len() - 1);

    /// All media types of what is stored.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::UNKNOWN.0).map(Self)
    }

    /// Reads a media type or one of its aliases. Case and parameters (`; charset=…`) do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let essence = text.split(';').next().unwrap_or_default().trim();
        KNOWN
            .iter()
            .position(|known| {
                std::iter::once(&known.name).chain(known.aliases).any(|name| name.eq_ignore_ascii_case(essence))
            })
            .map(Self)
    }

    /// The type that a file's name ends in: `Ferry.JPG` is a JPEG.
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        let found = KNOWN.iter().position(|known| known.extensions.contains(&extension.as_str()))?;
        if stem.is_empty() { None } else { Some(Self(found)) }
    }

    /// What the names of its files end in: `jpg`, `jpeg`.
    pub fn extensions(self) -> &'static [&'static str] {
        KNOWN[self.0].extensions
    }

    /// Reads the `contentType` of a request.
    ///
    /// # Errors
    /// `type_not_allowed` if it is not among `allowed`; the sentence lists those that are.
    pub fn parse_allowed(text: &str, allowed: &[Self]) -> Result<Self> {
        Self::parse(text).filter(|found| allowed.contains(found)).ok_or_else(|| {
            Error::invalid(
                "type_not_allowed",
                "contentType",
                format!("This type is not allowed. Allowed types are {}.", names(allowed)),
            )
        })
    }

    /// The type's one form.
    pub fn as_str(self) -> &'static str {
        KNOWN[self.0].name
    }

    /// What kind of asset it makes.
    pub fn kind(self) -> Kind {
        KNOWN[self.0].kind
    }

    /// Whether a browser would run what such a file contains, so that it is only ever served as an attachment.
    pub fn is_active(self) -> bool {
        self.as_str() == "image/svg+xml"
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for MediaType {}

/// The names of what is stored, alone: aliases of them are accepted too, but not promised.
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for MediaType {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let names = Self::all().map(Self::as_str);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

/// Media types in a sentence.
pub fn names(media_types: &[MediaType]) -> String {
    let names: Vec<_> = media_types.iter().map(|media_type| media_type.as_str()).collect();
    names.join(", ")
}

impl TryFrom<String> for MediaType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("unknown media type {text}"))
    }
}

impl From<MediaType> for &'static str {
    fn from(media_type: MediaType) -> Self {
        media_type.as_str()
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn aliases_and_parameters_come_to_one_form() {
        for (text, form) in [
            ("image/jpg", "image/jpeg"),
            ("IMAGE/JPEG", "image/jpeg"),
            ("audio/x-wav", "audio/wav"),
            ("video/x-matroska", "video/matroska"),
            ("audio/ogg; codecs=opus", "audio/ogg"),
        ] {
            assert_eq!(MediaType::parse(text).unwrap().as_str(), form);
        }
    }

    #[test]
    fn no_name_and_no_extension_stands_for_two_types() {
        let of = |known: &'static Known| [&[known.name], known.aliases, known.extensions].concat();
        let mut names: Vec<_> = KNOWN.iter().flat_map(of).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_name_tells_a_type_by_its_end() {
        for (name, media_type) in [("Ferry.JPG", "image/jpeg"), ("a.b.mp4", "video/mp4"), ("song.opus", "audio/ogg")] {
            assert_eq!(MediaType::of_name(name).unwrap().as_str(), media_type);
        }
        for name in ["", "jpg", ".jpg", "ferry.", "ferry.exe", "ferry.jpg "] {
            assert_eq!(MediaType::of_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_type_outside_the_list_is_refused_with_the_list() {
        let jpeg = MediaType::parse("image/jpeg").unwrap();
        let error = MediaType::parse_allowed("text/html", &[jpeg]).unwrap_err();
        assert_eq!(error.to_string(), "This type is not allowed. Allowed types are image/jpeg.");
        assert!(MediaType::parse_allowed("image/png", &[jpeg]).is_err());
    }
}
