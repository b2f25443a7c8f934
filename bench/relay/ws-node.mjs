// ws on Node: every message goes to every socket of the room in the path. Prints the port it listens on.
import { WebSocketServer } from 'ws';

/** @type {Map<string, Set<import('ws').WebSocket>>} */
const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket, { url = '/' }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(socket));
  socket.on('message', (data, binary) => {
    for (const member of room) member.send(data, { binary });
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(url);
  });
});
server.on('listening', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
