/**
 * Decodes blurhashes: a few cosine terms of an image in some twenty characters, enough for a blurred placeholder.
 * After the algorithm's description, https://github.com/woltapp/blurhash/blob/master/Algorithm.md.
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/**
 * @param {string} hash
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {Uint8ClampedArray | null} RGBA, row by row; null where the text is not a blurhash
 */
export function decodeBlurhash(hash, width, height) {
  const digits = Array.from(hash, (character) => DIGITS.indexOf(character));
  if (digits.length < 6 || digits.includes(-1)) return null;
  const across = (digits[0] % 9) + 1;
  const down = Math.floor(digits[0] / 9) + 1;
  if (digits.length !== 4 + 2 * across * down) return null;

  const number = (/** @type {number} */ start, /** @type {number} */ length) =>
    digits.slice(start, start + length).reduce((value, digit) => value * 83 + digit, 0);
  const largest = (digits[1] + 1) / 166;
  const average = number(2, 4);
  const terms = [[linear(average >> 16), linear((average >> 8) & 255), linear(average & 255)]];
  for (let term = 1; term < across * down; term += 1) {
    const value = number(4 + 2 * term, 2);
    const levels = [Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19];
    terms.push(levels.map((level) => signedSquare((level - 9) / 9) * largest));
  }

  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = [0, 0, 0];
      for (let term = 0; term < terms.length; term += 1) {
        const wave =
          Math.cos((Math.PI * x * (term % across)) / width) *
          Math.cos((Math.PI * y * Math.floor(term / across)) / height);
        for (let channel = 0; channel < 3; channel += 1) colour[channel] += terms[term][channel] * wave;
      }
      const at = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel += 1) pixels[at + channel] = encoded(colour[channel]);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/**
 * @param {string} hash
 * @returns {HTMLCanvasElement | null} a small one, to be stretched by the style sheet
 */
export function blurhashCanvas(hash) {
  const size = 32;
  const pixels = decodeBlurhash(hash, size, size);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!pixels || !context) return null;
  canvas.width = canvas.height = size;
  canvas.setAttribute("aria-hidden", "true");
  const image = context.createImageData(size, size);
  image.data.set(pixels);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {number} value 0 to 255 in sRGB */
function linear(value) {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** @param {number} value of linear light, also outside 0 to 1 */
function encoded(value) {
  const part = Math.min(1, Math.max(0, value));
  return Math.round(255 * (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055));
}

/** @param {number} value */
const signedSquare = (value) => Math.sign(value) * value * value;
