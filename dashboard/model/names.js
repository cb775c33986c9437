// Names for people, where the network only knows identifiers.

/** A name in the form that identifiers have. @param {string} name */
const plain = (name) => name.toLowerCase().replace(/['\u2019.]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

/**
 * A system's name. A place named after its star tells the spelling: of "Barnard's Star b" in
 * barnards-star it is Barnard's Star.
 * @param {string} id
 * @param {Iterable<{ name: string }>} stations those of the system
 */
export function systemName(id, stations) {
  for (const { name } of stations) {
    const words = name.split(" ");
    for (let count = words.length; count > 0; count -= 1) {
      const start = words.slice(0, count).join(" ");
      if (plain(start) === id) return start;
    }
  }
  return id.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}
