// The floor of what a relay on Bun can cost: bytes are published as they come, to the room in the path. No protocol, no limits, no numbers.
// Prints the port it listens on.
interface Socket {
  readonly room: string;
}

const server = Bun.serve<Socket>({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, self) {
    return self.upgrade(request, { data: { room: new URL(request.url).pathname } })
      ? undefined
      : new Response(null, { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(socket.data.room);
    },
    message(socket, bytes) {
      server.publish(socket.data.room, bytes);
    },
  },
});
console.log(server.port);
