// What is said beside the pointer; to those who see it, for it changes with every move and report.

import { fill, h } from "../dom.js";

export class Tip {
  constructor() {
    this.element = h("div", { class: "map-tip", hidden: true });
    this.text = "";
    this.size = { width: 0, height: 0 };
  }

  /** @param {import("./words.js").Words | null} said @param {{ x: number, y: number } | null} pointer @param {number} width of the map, in pixels */
  show(said, pointer, width) {
    const { element } = this;
    const isHidden = !said || !pointer;
    if (element.hidden !== isHidden) element.hidden = isHidden;
    if (!said || !pointer) return;
    const text = [said.title, ...said.lines].join("\n");
    if (this.text !== text) {
      this.text = text;
      element.className = `map-tip ${said.look}`;
      fill(element, h("strong", null, said.title), said.lines.map((line) => h("span", null, line)));
      // Asked for only now: asking makes the browser lay out.
      this.size = { width: element.offsetWidth, height: element.offsetHeight };
    }
    const left = Math.max(4, Math.min(pointer.x + 14, width - this.size.width - 6));
    const above = pointer.y - this.size.height - 12;
    const where = `translate(${Math.round(left)}px, ${Math.round(above > 4 ? above : pointer.y + 18)}px)`;
    if (element.style.transform !== where) element.style.transform = where;
  }
}
