/** The demo page: signs somebody in, then wires drop zone, uploads, gallery and viewer to one client. */
import { Quayside } from "./quayside.js";
import { takeFiles } from "./page/drop-zone.js";
import { byId, say } from "./page/dom.js";
import { Gallery } from "./page/gallery.js";
import { Links } from "./page/links.js";
import { SignedIn } from "./page/session.js";
import { Unfinished } from "./page/unfinished.js";
import { Uploads } from "./page/uploads.js";
import { Viewer } from "./page/viewer.js";

const remembered = SignedIn.remembered();
if (remembered) begin(remembered);
else askName();

function askName() {
  byId("sign-in").hidden = false;
  byId("sign-in-name").focus();
  byId("sign-in-form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const name = byId("sign-in-name").value.trim();
    if (name === "") return say(byId("sign-in-problem"), "Please give a name.");
    try {
      const signedIn = await SignedIn.as(name);
      byId("sign-in").hidden = true;
      begin(signedIn);
      byId("main").focus({ preventScroll: true });
    } catch (error) {
      say(byId("sign-in-problem"), `${/** @type {Error} */ (error).message} Is the service running?`);
    }
  });
}

/** @param {SignedIn} signedIn */
async function begin(signedIn) {
  const quayside = new Quayside({ baseUrl: location.origin, token: (rejected) => signedIn.token(rejected) });
  const gallery = new Gallery(quayside, {
    open: (asset) => viewer.open(asset),
    deleted(id) {
      viewer.close(id);
      uploads.forget(id);
    },
  });
  const viewer = new Viewer(quayside, {
    delete: (id, complain) => gallery.delete(id, complain),
    changed: (asset) => gallery.show(asset),
    gone: (id) => gallery.remove(id),
  });
  const unfinished = new Unfinished(quayside);
  const uploads = new Uploads(quayside, {
    asset: (asset) => gallery.show(asset),
    open: (asset) => viewer.open(asset),
    gone: (id) => gallery.remove(id),
    status: (upload) => unfinished.remove(upload.uploadId),
  });

  new Links(quayside, (asset) => gallery.follow(asset));

  byId("account-name").textContent = signedIn.name;
  byId("account").hidden = false;
  byId("sign-out").addEventListener("click", () => {
    uploads.pauseAll();
    signedIn.forget();
    location.reload();
  });
  byId("workspace").hidden = false;
  takeFiles((files) => uploads.add(files));

  // Shown together, so that nothing moves once it is there. The page works without the list of unfinished uploads.
  const [begun] = await Promise.all([quayside.unfinished().catch(() => []), gallery.load()]);
  unfinished.show(begun.filter(({ uploadId }) => !uploads.has(uploadId)));
  byId("loading").hidden = true;
  byId("gallery").hidden = false;
}
