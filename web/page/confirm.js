import { byId } from "./dom.js";

/**
 * Asks before something that cannot be undone.
 *
 * @param {string} question
 * @param {string} consequence
 * @param {string} yes what the button that does it says
 * @returns {Promise<boolean>} false also where the dialog was dismissed
 */
export function confirm(question, consequence, yes) {
  const dialog = byId("confirm");
  byId("confirm-question").textContent = question;
  byId("confirm-consequence").textContent = consequence;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

byId("confirm-yes").addEventListener("click", () => byId("confirm").close("yes"));
byId("confirm-no").addEventListener("click", () => byId("confirm").close());
