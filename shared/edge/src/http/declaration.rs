//! What a request says of a file: the same in each of the three ways in, an upload, a file in the request itself, and a
//! file at a URL; and in what a webhook makes, which says nothing.

use quayside_domain::asset::Declaration;
use quayside_domain::{ByteSize, Error, FileName, MediaType, ProjectId, Result, Sha256, SourceUrl, Tags};
use quayside_store::table::Expected;

use crate::config::UploadConfig;

/// The fields that all ways in have, as a body, a form or a query brings them. Absent ones have their defaults: no
/// project, no tags, no digest to compare with, and no location.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileFields {
    /// `projectId`.
    pub project_id: Option<String>,
    /// `tags`.
    pub tags: Option<Vec<String>>,
    /// `sha256`.
    pub sha256: Option<String>,
    /// `keepLocation`.
    pub keep_location: Option<bool>,
}

impl FileFields {
    /// The declaration of a file of this name and type, and the project that it is to go into. A `size` of
    /// [`ByteSize::UNKNOWN`] is that of a file that was not fetched yet.
    ///
    /// # Errors
    /// `invalid_project_id`, `invalid_sha256`, `invalid_tags`; `TooLarge` for the type's kind.
    pub fn declare(
        self,
        name: FileName,
        content_type: MediaType,
        size: ByteSize,
        config: &UploadConfig,
    ) -> Result<(Declaration, Option<ProjectId>)> {
        let project = self.project_id.as_deref().map(ProjectId::parse).transpose()?;
        let sha256 = self.sha256.as_deref().map(Sha256::parse).transpose()?;
        let tags = Tags::parse(self.tags.unwrap_or_default())?;
        let (kind, limit) = (content_type.kind(), config.max_bytes(content_type.kind()));
        if size.bytes() > limit {
            return Err(Error::TooLarge { size: size.bytes(), limit, kind });
        }
        let keep_location = self.keep_location.unwrap_or_default();
        Ok((Declaration { name, content_type, size, sha256, tags, keep_location }, project))
    }
}

/// The type of a file at a URL until its source says so: the one that the caller expects, or an allowed one of the kind
/// that the caller expects, by the end of the file's name or of the URL's path.
pub fn likely_type(name: &FileName, url: &SourceUrl, expected: Option<Expected>, config: &UploadConfig) -> MediaType {
    if let Some(Expected::Type(media_type)) = expected {
        return media_type;
    }
    let fits = |found: &MediaType| {
        let is_expected = !matches!(expected, Some(Expected::Kind(kind)) if kind != found.kind());
        is_expected && config.allowed_types.contains(found)
    };
    let names = [name.as_str(), url.expose().path()];
    names.into_iter().filter_map(MediaType::of_name).find(fits).unwrap_or(MediaType::UNKNOWN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::{Kind, SourceRules};

    fn config() -> UploadConfig {
        let limits = ["IMAGE", "VIDEO", "AUDIO", "DOCUMENT"].map(|kind| (format!("MAX_{kind}_MB"), "1"));
        let others = [
            ("ALLOWED_TYPES", "image/png image/jpeg video/mp4"),
            ("UPLOAD_TTL_SECONDS", "60"),
            ("PART_SIZE_MB", "5"),
            ("QUOTA_MB", "1"),
            ("MAX_ACTIVE_UPLOADS", "1"),
            ("MAX_ACTIVE_INGESTIONS", "1"),
        ];
        let others = others.map(|(name, value)| (name.to_owned(), value));
        UploadConfig::read(&limits.into_iter().chain(others).collect()).unwrap()
    }

    fn declare(fields: FileFields, bytes: u64) -> Result<(Declaration, Option<ProjectId>)> {
        let png = MediaType::parse("image/png").unwrap();
        fields.declare(FileName::parse("a.png").unwrap(), png, ByteSize::new(bytes).unwrap(), &config())
    }

    #[test]
    fn absent_fields_have_defaults() {
        let (declaration, project) = declare(FileFields::default(), 1).unwrap();
        assert!(project.is_none() && declaration.sha256.is_none() && declaration.tags.as_slice().is_empty());
        assert!(!declaration.keep_location);
    }

    #[test]
    fn each_field_is_refused_by_its_code() {
        let wrong = |text: &str| Some(text.to_owned());
        let none = FileFields::default;
        for (fields, code) in [
            (FileFields { project_id: wrong("nope"), ..none() }, "invalid_project_id"),
            (FileFields { sha256: wrong("abc"), ..none() }, "invalid_sha256"),
            (FileFields { tags: Some(vec![" ".to_owned()]), ..none() }, "invalid_tags"),
        ] {
            let error = declare(fields, 1).unwrap_err();
            assert!(matches!(error, Error::Invalid { code: found, .. } if found == code), "{code}");
        }
        assert!(declare(FileFields::default(), 1 << 20).is_ok());
        let error = declare(FileFields::default(), (1 << 20) + 1).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 0x10_0000, kind: Kind::Image, .. }));
    }

    #[test]
    fn the_type_of_a_file_at_a_url_is_the_expected_one_or_an_allowed_one_by_a_name() {
        let rules = SourceRules { ports: vec![443], allowed: Vec::new(), denied: Vec::new(), loopback: false };
        let likely = |name: &str, url: &str, expected: Option<Expected>| {
            let url = SourceUrl::parse(url, &rules).unwrap();
            likely_type(&FileName::parse(name).unwrap(), &url, expected, &config()).as_str()
        };
        let jpeg = Expected::Type(MediaType::parse("image/jpeg").unwrap());
        for (name, url, expected, found) in [
            ("a.png", "https://example.com/b.mp4", None, "image/png"),
            ("a", "https://example.com/b.mp4?c=d.png", None, "video/mp4"),
            ("a.gif", "https://example.com/b", None, "application/octet-stream"),
            ("a.mp4", "https://example.com/b.png", Some(Expected::Kind(Kind::Image)), "image/png"),
            ("a.mp4", "https://example.com/b.mp4", Some(Expected::Kind(Kind::Image)), "application/octet-stream"),
            ("a.mp4", "https://example.com/b.mp4", Some(jpeg), "image/jpeg"),
        ] {
            assert_eq!(likely(name, url, expected), found, "{name} {url} {expected:?}");
        }
    }
}
