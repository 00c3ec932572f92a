//! A file in a form (`multipart/form-data`, RFC 7578).

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use multer::{Constraints, Field, Multipart, SizeLimit};
use quayside_domain::{Error, Result};
use quayside_edge::http::shown;

use crate::direct::{DirectUpload, MAX_FILE_BYTES, MAX_FORM_BYTES, parse_keep_location};

/// Reads the fields `file`, `name`, `projectId`, `sha256`, `keepLocation`, and `tags`, which may be repeated, in any order.
///
/// # Errors
/// `missing_field` without a file; `repeated_field`; `unknown_field`; `invalid_keep_location`; `invalid_form` if it is no
/// such form; `FileTooLargeForRequest`.
pub(crate) async fn read(body: &[u8], boundary: String) -> Result<DirectUpload> {
    let limits = SizeLimit::new().for_field("file", MAX_FILE_BYTES as u64).per_field(MAX_FORM_BYTES as u64);
    let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(body))]);
    let mut form = Multipart::with_constraints(body, boundary, Constraints::new().size_limit(limits));
    let mut upload = DirectUpload::default();
    let (mut file, mut keep_location) = (None, None);
    while let Some(field) = form.next_field().await.map_err(refused)? {
        match field.name().unwrap_or_default() {
            "file" => {
                once("file", file.is_some())?;
                upload.content_type = field.content_type().map(ToString::to_string).unwrap_or_default();
                // Browsers send the name alone, others a path.
                let name = field.file_name().map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned());
                file = Some((name, field.bytes().await.map_err(refused)?));
            }
            "name" => set("name", &mut upload.name, field).await?,
            "projectId" => set("projectId", &mut upload.project_id, field).await?,
            "sha256" => set("sha256", &mut upload.sha256, field).await?,
            "keepLocation" => set("keepLocation", &mut keep_location, field).await?,
            "tags" => upload.tags.get_or_insert_default().push(text("tags", field).await?),
            name => {
                let name = shown(name);
                let detail = format!("`{name}` is not a known field.");
                return Err(Error::invalid("unknown_field", name, detail));
            }
        }
    }
    let (name, bytes) = file.ok_or_else(|| Error::invalid("missing_field", "file", "`file` is required."))?;
    upload.name = upload.name.or(name.filter(|name| !name.is_empty()));
    upload.bytes = bytes;
    upload.keep_location = keep_location.as_deref().map(parse_keep_location).transpose()?;
    Ok(upload)
}

async fn set(name: &'static str, value: &mut Option<String>, field: Field<'_>) -> Result<()> {
    once(name, value.is_some())?;
    *value = Some(text(name, field).await?).filter(|text| !text.is_empty());
    Ok(())
}

fn once(name: &'static str, is_there: bool) -> Result<()> {
    let detail = || format!("`{name}` is given more than once.");
    if is_there { Err(Error::invalid("repeated_field", name, detail())) } else { Ok(()) }
}

async fn text(name: &'static str, field: Field<'_>) -> Result<String> {
    let bytes = field.bytes().await.map_err(refused)?;
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Error::invalid("invalid_form", name, format!("`{name}` must be UTF-8.")))
}

fn refused(error: multer::Error) -> Error {
    match error {
        multer::Error::FieldSizeExceeded { field_name: Some(name), .. } if name == "file" => {
            Error::FileTooLargeForRequest { limit: MAX_FILE_BYTES }
        }
        multer::Error::FieldSizeExceeded { .. } => {
            Error::invalid("invalid_form", "", "A field of the form is too long.")
        }
        _ => Error::invalid("invalid_form", "", "The body is not valid multipart/form-data, or it ends too early."),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    async fn form(parts: &[(&str, &[u8])]) -> Result<DirectUpload> {
        let mut body = Vec::new();
        for (head, value) in parts {
            body.extend(format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
            body.extend([value, b"\r\n".as_slice()].concat());
        }
        body.extend(b"--x--\r\n");
        read(&body, "x".to_owned()).await
    }

    fn code(result: Result<DirectUpload>) -> &'static str {
        match result.unwrap_err() {
            Error::Invalid { code, .. } => code,
            Error::FileTooLargeForRequest { .. } => "too large",
            other => panic!("{other:?}"),
        }
    }

    const FILE: (&str, &[u8]) =
        ("name=\"file\"; filename=\"C:\\fakepath\\dot.png\"\r\nContent-Type: image/png", b"PNG\r\n--");

    #[tokio::test]
    async fn fields_come_in_any_order() {
        let read =
            form(&[("name=\"tags\"", b"a, b"), FILE, ("name=\"tags\"", b"c"), ("name=\"sha256\"", b"")]).await.unwrap();
        assert_eq!((read.name.as_deref(), read.content_type.as_str()), (Some("dot.png"), "image/png"));
        assert_eq!(
            (read.bytes.as_ref(), read.tags, read.sha256),
            (b"PNG\r\n--".as_slice(), Some(vec!["a, b".to_owned(), "c".to_owned()]), None)
        );
        let named = form(&[FILE, ("name=\"name\"", "Pünktchen.png".as_bytes())]).await.unwrap();
        assert_eq!(named.name.as_deref(), Some("Pünktchen.png"));
    }

    #[tokio::test]
    async fn what_is_no_such_form_is_refused_by_name() {
        assert_eq!(code(form(&[]).await), "missing_field");
        assert_eq!(code(form(&[FILE, FILE]).await), "repeated_field");
        assert_eq!(code(form(&[FILE, ("name=\"name\"", b"a"), ("name=\"name\"", b"b")]).await), "repeated_field");
        assert_eq!(code(form(&[FILE, ("name=\"key\"", b"a")]).await), "unknown_field");
        assert_eq!(code(form(&[FILE, ("name=\"name\"", b"\xff")]).await), "invalid_form");
        assert_eq!(code(form(&[FILE, ("name=\"name\"", &[b'a'; MAX_FORM_BYTES + 1])]).await), "invalid_form");
        assert_eq!(code(read(b"--x\r\nContent-Dispo", "x".to_owned()).await), "invalid_form");
        assert_eq!(code(form(&[("name=\"file\"", &vec![0; MAX_FILE_BYTES + 1])]).await), "too large");
    }
}
