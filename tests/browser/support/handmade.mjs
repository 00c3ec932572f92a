/** Small files, byte by byte, that ffmpeg does not make. */

/**
 * A PDF with empty pages of A4.
 *
 * @param {number} pages
 * @param {object} [options]
 * @param {number} [options.size] bytes that it has at least
 * @param {boolean} [options.isEncrypted] whether it says so; nothing in it is text that would be
 */
export function pdf(pages, { size = 0, isEncrypted = false } = {}) {
  const kids = Array.from({ length: pages }, (_, index) => `${3 + index} 0 R`);
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Kids[${kids.join(" ")}]/Count ${pages}>>`,
    ...kids.map(() => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"),
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  text += " ".repeat(Math.max(0, size - text.length));
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  const lock = isEncrypted ? "/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -1>>" : "";
  const trailer = `trailer<</Size ${objects.length + 1}/Root 1 0 R${lock}>>\nstartxref\n${text.length}\n%%EOF\n`;
  return latin(text + table + trailer);
}

/**
 * A JPEG with what a camera writes into it: when it was taken, with what, and where, in the harbour of Hamburg.
 *
 * @param {Buffer} jpeg without EXIF
 */
export function asFromACamera(jpeg) {
  const exif = Buffer.concat([latin("Exif\0\0"), cameraData()]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

/** TIFF in little-endian order (Exif 2.32, 4.5 and 4.6): three directories, whose larger values follow them. */
function cameraData() {
  const text = (/** @type {number} */ tag, /** @type {string} */ value) => {
    const bytes = latin(`${value}\0`);
    return { tag, type: 2, count: bytes.length, bytes };
  };
  const fractions = (/** @type {number} */ tag, /** @type {[number, number][]} */ values) => {
    const bytes = Buffer.alloc(values.length * 8);
    values.flat().forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
    return { tag, type: 5, count: values.length, bytes };
  };
  const pointer = (/** @type {number} */ tag, /** @type {number} */ to) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(to);
    return { tag, type: 4, count: 1, bytes };
  };
  const directory = (/** @type {number} */ start, /** @type {ReturnType<typeof text>[]} */ entries) => {
    const head = Buffer.alloc(2 + entries.length * 12 + 4);
    head.writeUInt16LE(entries.length);
    const values = [];
    let next = start + head.length;
    entries.forEach(({ tag, type, count, bytes }, index) => {
      const at = 2 + index * 12;
      head.writeUInt16LE(tag, at);
      head.writeUInt16LE(type, at + 2);
      head.writeUInt32LE(count, at + 4);
      if (bytes.length <= 4) return bytes.copy(head, at + 8);
      head.writeUInt32LE(next, at + 8);
      values.push(bytes);
      next += bytes.length;
    });
    return Buffer.concat([head, ...values]);
  };
  const [first, second, third] = [8, 200, 300];
  const parts = [
    [0, latin("II*\0\b\0\0\0")],
    [first, directory(first, [
      text(0x010f, "Canon"),
      text(0x0110, "Canon EOS R5"),
      pointer(0x8769, second),
      pointer(0x8825, third),
    ])],
    [second, directory(second, [text(0x9003, "2024:07:01 12:30:00")])],
    [third, directory(third, [
      text(1, "N"),
      fractions(2, [[53, 1], [32, 1], [2760, 100]]),
      text(3, "E"),
      fractions(4, [[9, 1], [59, 1], [1320, 100]]),
    ])],
  ];
  const data = Buffer.alloc(third + 120);
  for (const [at, bytes] of parts) bytes.copy(data, at);
  return data;
}

/**
 * A HEIC (ISO/IEC 14496-12, 8.11, and 23008-12) that says what it is and how large, and has no picture in it.
 *
 * @param {number} width pixels
 * @param {number} height pixels
 */
export function heic(width, height) {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  const zeros = (/** @type {number} */ count) => Buffer.alloc(count);
  const item = Buffer.from([0, 1]);
  const entry = box("infe", Buffer.from([2, 0, 0, 0]), item, zeros(2), latin("hvc1\0"));
  const associations = Buffer.from([0, 0, 0, 1, ...item, 1, 0x81]);
  const meta = box(
    "meta",
    zeros(4),
    box("hdlr", zeros(8), latin("pict"), zeros(13)),
    box("pitm", zeros(4), item),
    box("iinf", zeros(4), Buffer.from([0, 1]), entry),
    box("iprp", box("ipco", box("ispe", zeros(4), size)), box("ipma", zeros(4), associations)),
  );
  return Buffer.concat([box("ftyp", latin("heic"), zeros(4), latin("mif1heic")), meta, box("mdat", zeros(64))]);
}

/**
 * @param {string} type
 * @param {Buffer[]} parts
 */
function box(type, ...parts) {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length + 8);
  return Buffer.concat([length, latin(type), content]);
}

/** @param {string} text */
const latin = (text) => Buffer.from(text, "latin1");
