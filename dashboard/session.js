// Who looks at the page: signs in with an API key or a token, which the server keeps behind a cookie that no
// script can read, and tells what may be offered.

import { check } from "./net/api.js";
import { fill, h } from "./dom.js";

/** What the roles may do that this page offers; the server decides, this only hides. */
/** @type {Record<"acknowledge" | "seeNetwork", string[]>} */
const MAY = {
  acknowledge: ["admin", "operator"],
  seeNetwork: ["admin", "operator", "viewer"],
};

export class Session {
  /** @param {import("./model/model.js").Model} model @param {import("./net/connection.js").Connection} connection */
  constructor(model, connection) {
    this.model = model;
    this.connection = connection;
    /** Whether the dialog is there because nothing can be seen without it. */
    this.isForced = false;
    this.dialog = h("dialog", { class: "sign-in", "aria-labelledby": "sign-in-title" });
    document.body.append(this.dialog);
    // Without a key there is nothing to see behind the dialog.
    this.dialog.addEventListener("cancel", (event) => {
      if (this.isForced) event.preventDefault();
    });
    // A second Escape closes it all the same.
    this.dialog.addEventListener("close", () => {
      if (this.isForced) this.ask();
    });
    connection.onStatus(({ state }) => {
      if (state === "signed-out") {
        this.isForced = true;
        this.ask();
      } else if (state === "live" && this.isForced) {
        // Another tab signed in. Whoever asked for the dialog is typing.
        this.isForced = false;
        this.dialog.close();
      }
    });
  }

  get role() {
    return this.model.reader.role;
  }

  get accounts() {
    return this.model.reader.accounts;
  }

  /** Nobody signed in, and anybody may read. */
  get anonymous() {
    return this.model.reader.anonymous;
  }

  /** @param {"acknowledge" | "seeNetwork"} what */
  may(what) {
    const isReader = this.anonymous && what !== "seeNetwork";
    return !isReader && MAY[what].includes(this.role);
  }

  /** Opens the dialog. @param {string} [trouble] */
  ask(trouble = "") {
    const field = h("input", { id: "key", type: "password", required: true, autocomplete: "off", spellcheck: "false", placeholder: "itn_…", "aria-describedby": "sign-in-trouble" });
    const { isForced } = this;
    const form = h("form", { onsubmit: (/** @type {Event} */ event) => this.submit(event, field.value.trim()) },
      h("h2", { id: "sign-in-title" }, "Sign in"),
      h("p", null, isForced ? "This server wants an API key, or a token." : "With a key you can do what its role may do."),
      h("label", { for: "key" }, "API key or token"),
      field,
      h("p", { id: "sign-in-trouble", class: "trouble", role: "alert" }, trouble),
      h("div", { class: "buttons" },
        h("button", { type: "submit" }, "Sign in"),
        isForced ? null : h("button", { type: "button", onclick: () => this.dialog.close() }, "Cancel")));
    fill(this.dialog, form);
    if (!this.dialog.open) this.dialog.showModal();
    field.focus();
  }

  /** @param {Event} event @param {string} key */
  async submit(event, key) {
    event.preventDefault();
    const body = JSON.stringify({ key });
    try {
      const headers = { "content-type": "application/json" };
      const answer = await fetch("/api/session", { method: "POST", headers, body });
      if (answer.status === 401) {
        // Of a token there is more to say than of a key.
        const { detail } = await answer.json();
        const isKey = key.startsWith("itn_");
        this.ask(isKey ? "The server does not know this key, or it was revoked." : `This is not taken: ${detail}.`);
        return;
      }
      await check(answer);
      this.isForced = false;
      this.dialog.close();
      this.connection.restart();
    } catch (error) {
      this.ask(error instanceof Error ? error.message : String(error));
    }
  }

  /** @returns {Promise<string>} what went wrong, if anything */
  async signOut() {
    try {
      await check(await fetch("/api/session", { method: "DELETE" }));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.connection.restart();
    return "";
  }
}
