// What every view has: a heading, what is said when there is nothing to show, and at the foot as of when it is.

import { fill, h, setText } from "../../dom.js";
import { position } from "../../format.js";

export class ViewFrame {
  /** @param {HTMLElement} place @param {string} title @param {...any} actions */
  constructor(place, title, ...actions) {
    this.note = h("p", { class: "view-note quiet" });
    this.heading = h("h1", null, title);
    this.body = h("div", { class: "view-body" });
    this.message = h("div", { class: "view-message", role: "status", hidden: true });
    this.said = "";
    this.foot = h("footer", { class: "view-foot small quiet" });
    this.counted = h("span");
    this.asOf = h("span", { class: "as-of" });
    this.offer = h("span", { class: "offer" });
    this.news = h("span", { class: "unseen", role: "status" });
    this.foot.append(this.counted, this.offer, this.news, this.asOf);
    this.element = h("section", { class: "view" },
      h("header", { class: "view-head" }, this.heading, this.note, h("div", { class: "view-actions" }, ...actions)),
      this.body, this.message, this.foot);
    fill(place, this.element);
  }

  /** @param {...any} children */
  add(...children) {
    this.body.append(...children);
  }

  /** Says something where the rows would be; nothing takes it away. @param {...any} words */
  say(...words) {
    // The same words again are not said again, nor is a link in them made anew under somebody's focus.
    const said = words.map((word) => (typeof word === "string" ? word : word.textContent)).join("\n");
    if (said === this.said) return;
    this.said = said;
    this.message.hidden = words.length === 0;
    this.element.classList.toggle("is-empty", words.length > 0);
    this.element.classList.remove("is-trouble");
    fill(this.message, ...words.map((word) => (typeof word === "string" ? h("p", null, word) : word)));
  }

  /** @param {string} words @param {() => void} [again] */
  refuse(words, again) {
    this.say(words, ...(again ? [h("button", { type: "button", onclick: again }, "Ask again")] : []));
    this.element.classList.add("is-trouble");
  }

  /** Says at the foot why what is shown stays as it was. @param {string} words */
  hold(words) {
    const [asOf] = (this.asOf.textContent ?? "").split(" · ");
    setText(this.asOf, [asOf, words.replace(/\.$/, "")].filter(Boolean).join(" · "));
  }

  /** Says something to those who do not see the page: words that do not change with each event. @param {string} words */
  announce(words) {
    setText(this.news, words);
  }

  /** @param {string} text what is shown @param {number | null | undefined} sequence as of which it is */
  tell(text, sequence) {
    setText(this.counted, text);
    setText(this.asOf, sequence ? `as of ${position(sequence)}` : "");
  }
}
