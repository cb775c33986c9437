// npm `eventsource`: reconnects and resumes by itself. Prints the id of each event.
import { EventSource } from 'eventsource';

const [url, key] = process.argv.slice(2);
const authorized = (input, init) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
const source = new EventSource(`${url}/api/updates/real-time?topic=trade&after=0`, { fetch: authorized });
source.onmessage = (event) => console.log(event.lastEventId);
