// Clients: connect, upgrade (RFC 6455), be admitted, read frames, send frames.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { READ_BYTES = 256 * 1024, EVENTS = 1024, MAX_TEXT_BYTES = 1024, SOURCES = 200 };
enum { OPCODE_TEXT = 1, OPCODE_BINARY = 2, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

static int epoll;
static uint16_t port;
static uint8_t input[READ_BYTES];
// One message as it is sent, masked, and where its data and the payload in that begin.
static uint8_t message[512];
static size_t messageBytes, dataAt, payloadAt;

// What each payload begins with: who sent it (4 bytes) and when (8).
enum { STAMP_BYTES = 12 };

// A mask of zeros would let a server skip the unmasking that real clients cost it.
static const uint8_t mask[4] = {0x5a, 0xc3, 0x17, 0x8e};

/* The header of a client's frame and its mask; returns how many bytes that is. */
static size_t frameHeader(uint8_t *at, int opcode, size_t length) {
  size_t bytes = 2;
  at[0] = (uint8_t)(0x80 | opcode);
  at[1] = (uint8_t)(0x80 | (length < 126 ? length : 126));
  if (length >= 126) {
    at[2] = (uint8_t)(length >> 8);
    at[3] = (uint8_t)length;
    bytes = 4;
  }
  memcpy(at + bytes, mask, sizeof mask);
  return bytes + sizeof mask;
}

static size_t buildFrame(uint8_t *at, int opcode, const void *data, size_t length) {
  size_t header = frameHeader(at, opcode, length);
  for (size_t i = 0; i < length; i++) at[header + i] = (uint8_t)(((const uint8_t *)data)[i] ^ mask[i & 3]);
  return header + length;
}

static void sendBytes(const Client *client, const void *bytes, size_t length) {
  if (send(client->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length)
    fail("a socket did not take %zu bytes: %s", length, strerror(errno));
}

static void sendText(const Client *client, const char *text) {
  uint8_t frame[MAX_TEXT_BYTES];
  sendBytes(client, frame, buildFrame(frame, OPCODE_TEXT, text, strlen(text)));
}

/* AES-GCM as web pages write it: 12 bytes and 188 bytes, each in base64. The 12 bytes are the stamp. */
static void buildReferenceMessage(void) {
  static const uint8_t ciphertext[PAYLOAD_BYTES - STAMP_BYTES];
  char sealed[2 * sizeof ciphertext], text[MAX_TEXT_BYTES];
  toBase64url(ciphertext, sizeof ciphertext, sealed);
  static const char beginning[] = "42[\"message\",{\"iv\":\"";
  int length = snprintf(text, sizeof text, "%sAAAAAAAAAAAAAAAA\",\"ciphertext\":\"%s\"}]", beginning, sealed);
  messageBytes = buildFrame(message, OPCODE_TEXT, text, (size_t)length);
  dataAt = messageBytes - (size_t)length;
  payloadAt = dataAt + strlen(beginning);
}

/* Our protocol sends to(4) and the payload and gets 8 bytes before it; the others get back what they sent. */
static void buildMessage(void) {
  static const char event[] = "451-[\"m\",{\"_placeholder\":true,\"num\":0}]";
  if (protocol == REFERENCE) {
    buildReferenceMessage();
    return;
  }
  static uint8_t data[DELIVERY_BYTES];
  size_t header = protocol == PUG ? 4 : HEADER_BYTES;
  if (protocol == SOCKETIO) messageBytes = buildFrame(message, OPCODE_TEXT, event, strlen(event));
  dataAt = messageBytes + frameHeader(message + messageBytes, OPCODE_BINARY, header + PAYLOAD_BYTES);
  payloadAt = dataAt + header;
  messageBytes += buildFrame(message + messageBytes, OPCODE_BINARY, data, header + PAYLOAD_BYTES);
}

void startClients(uint16_t serverPort) {
  port = serverPort;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll: %s", strerror(errno));
  buildMessage();
}

static void closeClient(Client *client) {
  close(client->fd);
  free(client->rest);
  client->rest = NULL;
  client->restBytes = 0;
  client->state = CLOSED;
}

static int connectSocket(uint32_t index) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket: %s (20,000 descriptors are needed for 19,000 members)", strerror(errno));
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  // Many source addresses, so that ports still in TIME_WAIT never run out.
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index % SOURCES)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0) fail("bind: %s", strerror(errno));
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect: %s", strerror(errno));
  return fd;
}

void connectClient(uint32_t index, uint32_t room) {
  Client *client = &clients[index];
  client->fd = connectSocket(index);
  client->room = room;
  client->state = UPGRADING;
  char path[64] = "/ws", request[512];
  if (protocol == RAW) snprintf(path, sizeof path, "/%u", room);
  if (protocol == SOCKETIO || protocol == REFERENCE) snprintf(path, sizeof path, "/socket.io/?EIO=4&transport=websocket");
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                        path, port, protocol == PUG ? "Sec-WebSocket-Protocol: pug.1\r\n" : "");
  sendBytes(client, request, (size_t)length);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0) fail("epoll: %s", strerror(errno));
}

void joinClient(uint32_t index) {
  static const char label[] = "pug/1 join";
  Client *client = &clients[index];
  const Room *room = &rooms[client->room];
  uint8_t input[sizeof label - 1 + 16 + 32], signature[64];
  memcpy(input, label, sizeof label - 1);
  memcpy(input + sizeof label - 1, room->idBytes, 16);
  memcpy(input + sizeof label - 1 + 16, client->nonce, 32);
  sign(room->signer, input, sizeof input, signature);
  char proof[87], ticket[64] = "", text[MAX_TEXT_BYTES];
  toBase64url(signature, sizeof signature, proof);
  if (*client->ticket != 0) snprintf(ticket, sizeof ticket, ",\"ticket\":\"%s\"", client->ticket);
  static const char join[] = "{\"type\":\"join\",\"room\":\"%s\",\"joinKey\":\"%s\",\"proof\":\"%s\"%s}";
  snprintf(text, sizeof text, join, room->id, room->joinKey, proof, ticket);
  client->state = JOINING;
  sendText(client, text);
}

void sendMessages(uint32_t index, unsigned count, uint64_t sentAtNs) {
  static uint8_t output[MAX_ANSWERS * sizeof message];
  uint8_t stamp[STAMP_BYTES];
  char text[2 * STAMP_BYTES];
  memcpy(stamp, &index, 4);
  memcpy(stamp + 4, &sentAtNs, 8);
  toBase64url(stamp, sizeof stamp, text);
  const uint8_t *written = protocol == REFERENCE ? (const uint8_t *)text : stamp;
  size_t length = protocol == REFERENCE ? strlen(text) : sizeof stamp;
  for (size_t i = 0; i < length; i++) message[payloadAt + i] = written[i] ^ mask[(payloadAt - dataAt + i) & 3];
  for (unsigned i = 0; i < count; i++) memcpy(output + i * messageBytes, message, messageBytes);
  sendBytes(&clients[index], output, count * messageBytes);
  counts.sent += count;
}

void sendPing(uint32_t index) {
  uint8_t frame[16];
  if (protocol == PUG) sendText(&clients[index], "{\"type\":\"ping\"}");
  else if (protocol == RAW) sendBytes(&clients[index], frame, buildFrame(frame, OPCODE_PING, "", 0));
  else sendText(&clients[index], "3");
}

static void becomeReady(Client *client) {
  client->state = READY;
  counts.joined++;
  if (!leavesAfterJoin) return;
  uint8_t frame[16];
  client->state = LEAVING;
  sendBytes(client, frame, buildFrame(frame, OPCODE_CLOSE, "\x03\xe8", 2));  // 1000
}

static bool startsWith(const uint8_t *text, size_t length, const char *beginning) {
  return length >= strlen(beginning) && memcmp(text, beginning, strlen(beginning)) == 0;
}

/* The right to come back where the last sockets are kept for those who do (LM-8). */
static void keepTicket(Client *client, const uint8_t *joined, size_t length) {
  static const char label[] = "\"ticket\":\"";
  const uint8_t *at = memmem(joined, length, label, sizeof label - 1);
  if (at == NULL || at + sizeof label - 1 + 22 > joined + length) fail("a joined without a ticket");
  memcpy(client->ticket, at + sizeof label - 1, 22);
}

static void onText(uint32_t index, const uint8_t *text, size_t length) {
  static const char hello[] = "{\"type\":\"hello\",\"nonce\":\"";
  Client *client = &clients[index];
  if (client->state == GREETING && startsWith(text, length, hello) && length > sizeof hello + 43) {
    if (fromBase64url((const char *)text + sizeof hello - 1, 43, client->nonce) != 32) fail("a hello without a nonce");
    client->state = HELD;
    if (!holdsBeforeJoin) joinClient(index);
  } else if (client->state == JOINING && startsWith(text, length, "{\"type\":\"joined\"")) {
    if (keepsTickets) keepTicket(client, text, length);
    becomeReady(client);
  }
}

static void onSocketioText(Client *client, const uint8_t *text, size_t length) {
  char join[128];
  if (startsWith(text, length, "0{")) {
    sendText(client, "40");
  } else if (startsWith(text, length, "40{") && protocol == SOCKETIO) {
    snprintf(join, sizeof join, "42[\"join\",\"%u\"]", client->room);
    sendText(client, join);
  } else if (startsWith(text, length, "40{")) {
    const Room *room = &rooms[client->room];
    snprintf(join, sizeof join, "42[\"join\",{\"roomId\":\"%s\",\"secret\":\"%s\"}]", room->id, room->joinKey);
    sendText(client, join);
  } else if (startsWith(text, length, "42[\"joined\"")) {
    becomeReady(client);
  } else if (startsWith(text, length, "42[\"refused\"")) {
    fail("a join was refused");
  } else if (length == 1 && *text == '2') {
    sendText(client, "3");
  }
}

/* Returns 1 when it is this client's turn to speak after the message: members speak one after the other. */
static unsigned onStamp(uint32_t index, const uint8_t stamp[STAMP_BYTES], uint64_t arrivedAtNs) {
  uint32_t sender;
  uint64_t sentAtNs;
  memcpy(&sender, stamp, 4);
  memcpy(&sentAtNs, stamp + 4, 8);
  onDelivery(sentAtNs, arrivedAtNs);
  return index == sender - sender % membersPerRoom + (sender + 1) % membersPerRoom;
}

static unsigned onBinary(uint32_t index, const uint8_t *data, size_t length, uint64_t arrivedAtNs) {
  if (length != DELIVERY_BYTES) fail("a delivery of %zu bytes", length);
  return onStamp(index, data + HEADER_BYTES, arrivedAtNs);
}

static unsigned onReferenceMessage(uint32_t index, const uint8_t *text, size_t length, uint64_t arrivedAtNs) {
  static const char label[] = "\"iv\":\"";
  uint8_t stamp[STAMP_BYTES];
  const uint8_t *at = memmem(text, length, label, sizeof label - 1);
  if (at == NULL || at + sizeof label + 15 > text + length) fail("a message without a stamp");
  if (fromBase64url((const char *)at + sizeof label - 1, 16, stamp) != STAMP_BYTES) fail("a damaged stamp");
  return onStamp(index, stamp, arrivedAtNs);
}

static unsigned onFrame(uint32_t index, int opcode, const uint8_t *data, size_t length, uint64_t arrivedAtNs) {
  Client *client = &clients[index];
  if (opcode == OPCODE_BINARY) return onBinary(index, data, length, arrivedAtNs);
  if (opcode == OPCODE_TEXT && protocol == REFERENCE && startsWith(data, length, "42[\"message\""))
    return onReferenceMessage(index, data, length, arrivedAtNs);
  if (opcode == OPCODE_TEXT && (protocol == REFERENCE || protocol == SOCKETIO)) onSocketioText(client, data, length);
  else if (opcode == OPCODE_TEXT) onText(index, data, length);
  if (opcode == OPCODE_PING) {
    uint8_t frame[160];
    sendBytes(client, frame, buildFrame(frame, OPCODE_PONG, data, length > 125 ? 125 : length));
  }
  if (opcode == OPCODE_CLOSE && client->state != LEAVING)
    fail("the server closed a socket with %u", length >= 2 ? data[0] << 8 | data[1] : 1005);
  return 0;
}

/* How many bytes the header of the server's frame at `at` takes, and its length; 0 when it is not whole. */
static size_t readHeader(const uint8_t *at, size_t available, size_t *length) {
  if (available < 2) return 0;
  *length = at[1] & 0x7f;
  if (*length < 126) return 2;
  if (*length == 127) fail("a frame of over 65,535 bytes");
  if (available < 4) return 0;
  *length = (size_t)at[2] << 8 | at[3];
  return 4;
}

/* Handles the whole frames among `available` bytes; returns how many bytes they took.
   Counts in `answers` the messages after which this client speaks. */
static size_t readFrames(uint32_t index, const uint8_t *at, size_t available, unsigned *answers) {
  uint64_t arrivedAtNs = nowNs();
  size_t taken = 0, header, length;
  while ((header = readHeader(at + taken, available - taken, &length)) > 0 && available - taken >= header + length) {
    *answers += onFrame(index, at[taken] & 15, at + taken + header, length, arrivedAtNs);
    taken += header + length;
  }
  return taken;
}

/* Handles the answer to the upgrade; returns how many bytes it took, 0 when it is not whole. */
static size_t readUpgrade(Client *client, const uint8_t *at, size_t available) {
  const uint8_t *end = memmem(at, available, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (!startsWith(at, available, "HTTP/1.1 101")) fail("the upgrade was refused: %.12s", (const char *)at);
  client->state = GREETING;
  if (protocol == RAW) becomeReady(client);
  return (size_t)(end - at) + 4;
}

static void keepRest(Client *client, const uint8_t *rest, size_t length) {
  if (length == 0) {
    free(client->rest);
    client->rest = NULL;
  } else {
    uint8_t *kept = malloc(length);
    if (kept == NULL) fail("out of memory");
    memcpy(kept, rest, length);
    free(client->rest);
    client->rest = kept;
  }
  client->restBytes = (uint32_t)length;
}

static void readClient(uint32_t index, bool answering) {
  Client *client = &clients[index];
  if (client->restBytes > 0) memcpy(input, client->rest, client->restBytes);
  ssize_t got = recv(client->fd, input + client->restBytes, sizeof input - client->restBytes, MSG_DONTWAIT);
  if (got <= 0) {
    if (got < 0 && errno == EAGAIN) return;
    if (client->state != LEAVING) fail("a socket ended: %s", got == 0 ? "closed by the server" : strerror(errno));
    counts.left++;
    closeClient(client);
    return;
  }
  size_t available = client->restBytes + (size_t)got, taken = 0;
  unsigned answers = 0;
  if (client->state == UPGRADING) taken = readUpgrade(client, input, available);
  if (client->state != UPGRADING) taken += readFrames(index, input + taken, available - taken, &answers);
  if (client->restBytes > 0 || taken < available) keepRest(client, input + taken, available - taken);
  if (answering && answers > 0) sendMessages(index, answers, nowNs());
}

int clientsDescriptor(void) {
  return epoll;
}

void handleSockets(int timeoutMs, bool answering) {
  static struct epoll_event events[EVENTS];
  int ready = epoll_wait(epoll, events, EVENTS, timeoutMs);
  if (ready < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
  for (int i = 0; i < ready; i++) readClient(events[i].data.u32, answering);
}
