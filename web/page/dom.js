/**
 * The element of index.html with this id. That it is missing is a mistake in the page, not something to handle.
 *
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with the id ${id}`);
  return found;
}

/**
 * Makes an element. Strings become text and never markup, so names of files are safe here.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] true sets an empty one; false and
 *   undefined leave it out
 * @param {(Node | string | null)[]} children
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * @param {string} name of a symbol in index.html, without `icon-`
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A button that shows only an icon and says its name to those who do not see it.
 *
 * @param {string} iconName
 * @param {string} label
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export function iconButton(iconName, label, onClick) {
  const attributes = { type: "button", class: "icon-button", "aria-label": label, title: label };
  const button = element("button", attributes, icon(iconName));
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {HTMLButtonElement} button made by {@link iconButton}
 * @param {string} iconName
 * @param {string} label
 */
export function relabel(button, iconName, label) {
  if (button.ariaLabel === label) return;
  button.ariaLabel = label;
  button.title = label;
  button.replaceChildren(icon(iconName));
}

/**
 * Shows a sentence, or hides the paragraph where there is none.
 *
 * @param {HTMLElement} paragraph
 * @param {string | null} sentence
 */
export function say(paragraph, sentence) {
  paragraph.textContent = sentence ?? "";
  paragraph.hidden = sentence === null;
}
