/** For files that the browser gives no type, by the types that the service knows. */
const BY_EXTENSION = new Map(Object.entries({
  // Begin generated: extensions (QUAYSIDE_WRITE_DOCS=1 cargo test -p quayside-template)
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heic",
  avif: "image/avif",
  svg: "image/svg+xml",
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  avi: "video/x-msvideo",
  mkv: "video/matroska",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  m4a: "audio/mp4",
  aac: "audio/aac",
  flac: "audio/flac",
  pdf: "application/pdf",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  // End generated: extensions
}));

/**
 * @param {File} file
 * @returns {string} what the browser says, else what the name says, else `application/octet-stream`
 */
export function contentTypeOf(file) {
  if (file.type) return file.type;
  const extension = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  return BY_EXTENSION.get(extension) ?? "application/octet-stream";
}
