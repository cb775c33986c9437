// npm `ws`: resumes behind the last id that it has. Prints the id of each event.
import WebSocket from 'ws';

const [url, key] = process.argv.slice(2);
let after = '0';

function follow() {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/updates/real-time`, {
    headers: { authorization: `Bearer ${key}` },
  });
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'subscribe', filter: { topic: ['trade'] }, after }));
  });
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.id) after = message.id;
    if (message.kind === 'event') console.log(message.id);
  });
  socket.on('error', () => {});
  socket.on('close', () => setTimeout(follow, 100));
}

follow();
