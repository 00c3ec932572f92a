const KEY = "quayside.session";
/** A token that has so little left to live is replaced before it is used. */
const MARGIN_SECONDS = 60;

/** @typedef {{name: string, token: string}} Session */

/**
 * Who is signed in. The local gateway gives a token to whoever names themselves; an application would take its token
 * from its own sign-in instead.
 */
export class SignedIn {
  #session;
  /** @type {Promise<string> | null} */
  #renewing = null;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** @returns {SignedIn | null} who was signed in when the page was last open */
  static remembered() {
    try {
      const session = JSON.parse(localStorage.getItem(KEY) ?? "null");
      return typeof session?.name === "string" && typeof session.token === "string" ? new SignedIn(session) : null;
    } catch {
      return null;
    }
  }

  /** @param {string} name */
  static async as(name) {
    const signedIn = new SignedIn({ name, token: await fetchToken(name) });
    signedIn.#remember();
    return signedIn;
  }

  get name() {
    return this.#session.name;
  }

  /**
   * @param {string} [rejected] a token that the service did not accept
   * @returns {Promise<string>}
   */
  async token(rejected) {
    const { name, token } = this.#session;
    if (token !== rejected && secondsLeft(token) > MARGIN_SECONDS) return token;
    this.#renewing ??= fetchToken(name).finally(() => (this.#renewing = null));
    this.#session = { name, token: await this.#renewing };
    this.#remember();
    return this.#session.token;
  }

  forget() {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Then nothing was remembered.
    }
  }

  #remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#session));
    } catch {
      // Signed in until the page is closed.
    }
  }
}

/**
 * @param {string} sub
 * @returns {Promise<string>}
 */
async function fetchToken(sub) {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/_local/token", { method: "POST", headers, body: JSON.stringify({ sub }) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? `Signing in failed (status ${response.status}).`);
  return answer.token;
}

/** @param {string} token */
function secondsLeft(token) {
  try {
    const { exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return typeof exp === "number" ? exp - Date.now() / 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
