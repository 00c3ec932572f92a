//! Every code that a problem document has, the status that it comes with, and what it means.

/// Codes that every function may answer with.
pub(super) const ALWAYS: [&str; 2] = ["internal", "unavailable"];

/// Status and meaning of a code.
///
/// # Panics
/// If there is no such code.
pub(super) fn problem(code: &str) -> (u16, &'static str) {
    let found = PROBLEMS.iter().find(|(_, known, _)| *known == code);
    found.map(|(status, _, meaning)| (*status, *meaning)).unwrap_or_else(|| panic!("{code} is in no problem's row"))
}

/// Status, code and meaning, in the order of the first two.
#[rustfmt::skip]
pub const PROBLEMS: [(u16, &str, &str); 53] = [
    (400, "invalid_cursor", "The cursor is not one that this list gave to this caller."),
    (400, "invalid_download", "`download` is not 1 or 0."),
    (400, "invalid_filename", "The name is empty, longer than 255 characters, or has `/`, `\\` or a control character."),
    (400, "invalid_form", "The body is not valid `multipart/form-data`."),
    (400, "invalid_id", "The id is not a UUID in lower case."),
    (400, "invalid_idempotency_key", "The `Idempotency-Key` is not 1 to 255 visible ASCII characters."),
    (400, "invalid_items", "`items` is not an array of 1 to 100 files."),
    (400, "invalid_json", "The body is not valid JSON, or not an object."),
    (400, "invalid_keep_location", "`keepLocation` is not true or false."),
    (400, "invalid_limit", "`limit` is not an integer from 1 to 100."),
    (400, "invalid_name", "The beginning of a name is longer than 255 characters, or has a control character."),
    (400, "invalid_owner", "`Quayside-Owner` is not a percent-encoded subject."),
    (400, "invalid_part_number", "The upload has no parts of these numbers, or more than 100 are asked for at once."),
    (400, "invalid_parts", "The list of parts is malformed, or does not agree with what storage has."),
    (400, "invalid_project_id", "The project's id is not a UUID in lower case."),
    (400, "invalid_provider", "There is no such provider."),
    (400, "invalid_secret", "The secret is not `whsec_` and 24 to 64 bytes in base64."),
    (400, "invalid_sha256", "The SHA-256 is not 64 hexadecimal digits."),
    (400, "invalid_size", "The size is not a positive integer (bytes)."),
    (400, "invalid_sort", "There is no such order, or the trash cannot be listed in it."),
    (400, "invalid_status", "There is no such status."),
    (400, "invalid_tag", "The tag is empty, longer than 64 characters, or has a control character."),
    (400, "invalid_tags", "There are more than 20 tags, or one of them is not valid."),
    (400, "invalid_type", "There is no such kind."),
    (400, "invalid_url", "The URL is not valid, or longer than 8192 bytes."),
    (400, "missing_field", "A field that is required is missing."),
    (400, "repeated_field", "A field of the form, or a key of a JSON object, is given more than once."),
    (400, "repeated_parameter", "A query parameter is given more than once."),
    (400, "source_forbidden", "Nothing is fetched from this URL: its scheme, port, host or address is none that is asked."),
    (400, "too_large", "The file is larger than files of its kind may be here."),
    (400, "type_not_allowed", "Files of this type are not taken here."),
    (400, "unknown_field", "The request has no such field."),
    (400, "unknown_parameter", "The route has no such query parameter."),
    (401, "invalid_signature", "The signature is missing or wrong, or of another time; or there is no such endpoint."),
    (401, "unauthenticated", "The request has no token, or an invalid one."),
    (403, "forbidden", "The caller's role does not let it do this; or the caller may not act for another owner."),
    (404, "no_route", "There is nothing of that name to send to."),
    (404, "no_such_variant", "The asset has no such variant."),
    (404, "not_found", "There is no such thing, or it was deleted, or it is not the caller's to see."),
    (404, "project_not_found", "There is no such project that the caller is a member of."),
    (409, "conflict", "Other requests changed the same thing again and again. Try again."),
    (409, "not_processable", "The asset's bytes are not, or no longer, there to be inspected."),
    (409, "not_ready", "The asset is not ready, and has no bytes to serve."),
    (409, "quota_exceeded", "It does not fit into the owner's quota."),
    (409, "too_many_endpoints", "The caller has as many endpoints as are allowed."),
    (409, "upload_incomplete", "Storage does not have all bytes of the upload yet."),
    (409, "upload_not_active", "The upload is over."),
    (413, "body_too_large", "The body is longer than is taken here."),
    (422, "idempotency_key_reused", "The `Idempotency-Key` was used for another request."),
    (429, "too_many_ingestions", "As many files are being fetched for the caller as are allowed."),
    (429, "too_many_uploads", "The caller has as many unfinished uploads as are allowed."),
    (500, "internal", "An internal error occurred. The service's log has the `requestId`."),
    (503, "unavailable", "The service is temporarily unavailable. Try again in a few seconds."),
];
