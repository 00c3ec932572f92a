import { byId } from "./dom.js";

/** @type {((answer: boolean) => void) | null} of the question that is being asked */
let settle = null;

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
  settle?.(!dialog.open && dialog.returnValue === "yes");
  byId("confirm-question").textContent = question;
  byId("confirm-consequence").textContent = consequence;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => (settle = resolve));
}

byId("confirm-yes").addEventListener("click", () => byId("confirm").close("yes"));
byId("confirm-no").addEventListener("click", () => byId("confirm").close());
byId("confirm").addEventListener("close", ({ target }) => {
  // The event comes some time after the dialog has closed, and may find it open again for the next question.
  if (target.open) return;
  settle?.(target.returnValue === "yes");
  settle = null;
});
