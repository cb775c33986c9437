// Whose eyes on which journal: when somebody signs in or out, or the server begins anew, what is shown is another's.

export class Source {
  /** @param {import("../../model/model.js").Model} model */
  constructor(model) {
    this.model = model;
    this.seen = "";
  }

  /** Whether it is another one since the last call; the first one is none. */
  hasChanged() {
    const { journal, reader } = this.model;
    if (!journal) return false;
    const now = `${journal} ${reader.principal} ${reader.role}`;
    const isOther = this.seen !== "" && this.seen !== now;
    this.seen = now;
    return isOther;
  }
}
