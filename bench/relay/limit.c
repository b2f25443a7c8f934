// The generator's proof: a fan-out server that does the generator's counterpart and nothing else. It reads what is
// ready, unmasks, writes each room's batch once and hands the same bytes to each member: one write for each member and
// turn, no copy, no event objects, no topics. Prints the port it listens on. The room is the number in the path.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_ROOMS = 4096, MAX_MEMBERS = 8, MAX_SOCKETS = 32768, EVENTS = 1024, BATCH_BYTES = 65536, READ_BYTES = 65536 };

typedef struct {
  int members[MAX_MEMBERS];
  int memberCount;
  uint32_t batchBytes;
  uint8_t batch[BATCH_BYTES];
} Room;

// The answer to the one key the generator sends (RFC 6455 section 1.3).
static const char upgraded[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static Room *rooms[MAX_ROOMS];
static int roomOf[MAX_SOCKETS];  // -1 until upgraded
static int dirty[MAX_ROOMS], dirtyCount;
static uint8_t input[READ_BYTES];

static void stop(const char *what) {
  perror(what);
  exit(1);
}

static void sendAll(int fd, const void *bytes, size_t length) {
  if (send(fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) stop("send");
}

static void upgrade(int fd, ssize_t length) {
  int number = -1;
  input[length < READ_BYTES ? length : READ_BYTES - 1] = 0;
  if (sscanf((const char *)input, "GET /%d", &number) != 1 || number < 0 || number >= MAX_ROOMS) stop("room");
  if (rooms[number] == NULL) rooms[number] = calloc(1, sizeof(Room));
  Room *room = rooms[number];
  if (room == NULL || room->memberCount == MAX_MEMBERS) stop("room");
  room->members[room->memberCount++] = fd;
  roomOf[fd] = number;
  sendAll(fd, upgraded, sizeof upgraded - 1);
}

/* Frames of one length only and never in parts: what the generator sends. */
static void collect(int number, const uint8_t *at, ssize_t available) {
  Room *room = rooms[number];
  while (available >= 8) {
    uint32_t length = (uint32_t)at[2] << 8 | at[3];
    if (at[0] != 0x82 || at[1] != (0x80 | 126) || (ssize_t)length + 8 > available) stop("frame");
    if (room->batchBytes + length + 4 > BATCH_BYTES) stop("batch");
    if (room->batchBytes == 0) dirty[dirtyCount++] = number;
    uint8_t *out = room->batch + room->batchBytes;
    memcpy(out, (uint8_t[]){0x82, 126, at[2], at[3]}, 4);
    for (uint32_t i = 0; i < length; i++) out[4 + i] = at[8 + i] ^ at[4 + (i & 3)];
    room->batchBytes += length + 4;
    at += length + 8;
    available -= length + 8;
  }
}

static void readSocket(int fd) {
  ssize_t got = recv(fd, input, sizeof input, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) exit(0);
  if (roomOf[fd] < 0) upgrade(fd, got);
  else collect(roomOf[fd], input, got);
}

static void flush(void) {
  for (int i = 0; i < dirtyCount; i++) {
    Room *room = rooms[dirty[i]];
    for (int m = 0; m < room->memberCount; m++) sendAll(room->members[m], room->batch, room->batchBytes);
    room->batchBytes = 0;
  }
  dirtyCount = 0;
}

static void add(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) stop("epoll");
}

static void acceptSocket(int epoll, int listener) {
  int on = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0 || fd >= MAX_SOCKETS) stop("accept");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  roomOf[fd] = -1;
  add(epoll, fd);
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t addressBytes = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), epoll = epoll_create1(EPOLL_CLOEXEC);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) stop("listen");
  getsockname(listener, (struct sockaddr *)&address, &addressBytes);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  add(epoll, listener);
  static struct epoll_event events[EVENTS];
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) acceptSocket(epoll, listener);
      else readSocket(events[i].data.fd);
    }
    flush();
  }
}
