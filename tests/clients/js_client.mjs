// The JavaScript client under bad luck: prints what it was told, for the test to judge.
// node js_client.mjs MODULE URL KEY WRITERS TRADES LINES BEFORE

const [module, url, key, ...numbers] = process.argv.slice(2);
const [writers, trades, lineCount, before] = numbers.map(Number);
const { Client } = await import(module);
const retry = { attemptsMax: 1000, waitFirst: 5, waitMax: 200, timeMax: 120_000 };
const client = new Client({ url, key, retry });
const trade = (reference) => ({ station: "ceres", buyer: "acme", seller: "belt-mining", lines: [{ commodity: "water-ice", quantity: 1, unitPrice: 1 }], reference });

async function write(writer) {
  const sequences = [];
  for (let number = 0; number < trades; number += 1) sequences.push((await client.createTrade(trade(`w${writer}-${number}`))).sequence);
  return sequences;
}

async function post() {
  const results = [];
  for (let first = 0; first < lineCount; first += 50) {
    const lines = Array.from({ length: 50 }, (_, number) => ({ type: "trade", idempotencyKey: `bulk-${first + number}`, data: trade(`b-${first + number}`) }));
    for await (const result of client.bulk(lines)) results.push(result.status);
  }
  return results;
}

async function follow() {
  const told = [];
  for await (const { sequence } of client.follow({ after: "0" }).events()) {
    told.push(Number(sequence));
    if (told.at(-1) >= before + writers * trades + lineCount) return told;
  }
}

console.log("begun");
const [sequences, statuses, told] = await Promise.all([Promise.all(Array.from({ length: writers }, (_, writer) => write(writer))), post(), follow()]);
const references = [];
for await (const { reference } of client.listTrades({ limit: 20 })) references.push(reference);
const { balanced } = await client.audit();
console.log(JSON.stringify({ sequences: sequences.flat(), statuses, told, references, balanced }));
