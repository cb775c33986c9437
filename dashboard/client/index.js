// A typed client of the Intergalactic Trade Network, for browsers and Node 20 or later: an ES module without
// dependencies and without a build step. `docs/clients.md` shows it in use.
//
//   const client = new Client({ url: "https://itn.example", key: "itn_…" });
//   const trade = await client.createTrade({ station, buyer, seller, lines }, { key: "order-1234" });
//   for await (const trade of client.listTrades({ station })) …
//   for await (const told of client.follow({ topic: ["trade"] })) …

import { bulk } from "./bulk.js";
import { Calls } from "./calls.js";
import { Follower } from "./follow.js";

/** @import { BulkLine } from "./types.js" */
/** @import { Reading } from "./http.js" */
/** @import { Following } from "./follow.js" */

export { Refused, Unanswered, Unauthenticated } from "./errors.js";
export { Follower } from "./follow.js";
export { Http, Pages, RETRY } from "./http.js";

/** A client of one server. */
export class Client extends Calls {
  /**
   * Posts many commands at once; gives a result for each line, in order, as they come. `POST /api/events`
   * @param {BulkLine[]} lines at most 16,384; a line without an `idempotencyKey` is given one
   * @param {Reading} [options]
   */
  bulk(lines, options = {}) {
    return bulk(this, lines, options);
  }

  /**
   * Follows what happens, every event once and in order, until something is final. `GET /api/updates/real-time`
   * @param {Following} [following]
   */
  follow(following = {}) {
    return new Follower(this, following);
  }
}
