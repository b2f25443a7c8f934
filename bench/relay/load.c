// The load generator: load <pug|raw|socketio|reference> <port> <pid of the server> <members in a room>
// Reads commands from standard input, a line each, and answers each but `room` with one line of JSON:
//   room <id> <join key> <seed in hex>      the next room (pug only)
//   room <id> <secret>                      the next room (reference only)
//   open <clients>                          connects and joins until so many are in, six (or as told) to a room
//   visit <clients>                         those that `open` would open up to so many join and leave; when they are
//                                           opened they show their tickets, as people who come back
//   saturate <n> <warm ms> <ms>             in every room `n` messages are under way; a sender's neighbour speaks next
//   rate <messages/s> <warm ms> <ms>        sends at fixed times whatever comes back; measures one-way latency
//   idle <ms> <ping every ms>               sends pings only
//   joins <at once> <count>                 connect, join, leave, `count` times, one room after the other
//   admit <clients>                         opens sockets and then joins them all at once: the cost of joining alone
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { OPENING_AT_ONCE = 128, LONGEST_SILENCE_SECONDS = 20, HISTOGRAM_STEPS = 64, HISTOGRAM_POWERS = 44 };
// Deliveries: beyond them a server is so late that sending more would only fill its queues.
enum { MAX_UNDER_WAY = 65536 };

Protocol protocol;
Client clients[MAX_CLIENTS];
Room rooms[MAX_ROOMS];
uint32_t roomCount;
Counts counts;
bool leavesAfterJoin, keepsTickets, holdsBeforeJoin;

uint32_t membersPerRoom;
static uint32_t opened, nextJoin;
static clockid_t serverClock;  // counts the CPU time of all its threads
static bool measuring;
// Latencies in buckets of 1/64 of a power of two nanoseconds: 1.6 % wide.
static uint64_t histogram[HISTOGRAM_POWERS * HISTOGRAM_STEPS], measured;

void fail(const char *format, ...) {
  char text[256];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  printf("{\"error\":\"%s\"}\n", text);
  fflush(stdout);
  exit(1);
}

uint64_t nowNs(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static unsigned bucketOf(uint64_t ns) {
  if (ns < HISTOGRAM_STEPS) return (unsigned)ns;
  unsigned power = 63 - (unsigned)__builtin_clzll(ns);  // 6 or more
  unsigned bucket = (power - 5) * HISTOGRAM_STEPS + (unsigned)(ns >> (power - 6) & (HISTOGRAM_STEPS - 1));
  return bucket < sizeof histogram / sizeof *histogram ? bucket : sizeof histogram / sizeof *histogram - 1;
}

static double bucketUs(unsigned bucket) {
  if (bucket < HISTOGRAM_STEPS) return bucket / 1e3;
  unsigned power = bucket / HISTOGRAM_STEPS + 5, step = bucket % HISTOGRAM_STEPS;
  return (double)((uint64_t)(HISTOGRAM_STEPS + step) << (power - 6)) / 1e3;
}

static double quantileUs(double quantile) {
  uint64_t below = 0;
  for (unsigned i = 0; i < sizeof histogram / sizeof *histogram; i++) {
    below += histogram[i];
    if (below > 0 && (double)below >= quantile * (double)measured) return bucketUs(i);
  }
  return 0;
}

void onDelivery(uint64_t sentAtNs, uint64_t arrivedAtNs) {
  counts.deliveries++;
  if (!measuring) return;
  measured++;
  histogram[bucketOf(arrivedAtNs > sentAtNs ? arrivedAtNs - sentAtNs : 0)]++;
}

// What a measured stretch of time cost: wall, the server's CPU (user and system, all threads), and this program's.
typedef struct {
  uint64_t ns, deliveries;
  double serverSeconds, ownSeconds;
} Stamp;

static double serverCpuSeconds(void) {
  struct timespec time;
  if (clock_gettime(serverClock, &time) != 0) fail("the server is gone");
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static Stamp stamp(void) {
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  double ownSeconds = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                      (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
  return (Stamp){nowNs(), counts.deliveries, serverCpuSeconds(), ownSeconds};
}

static void answer(Stamp from, uint64_t done) {
  Stamp to = stamp();
  printf("{\"seconds\":%.6f,\"done\":%llu,\"serverCpuSeconds\":%.6f,\"ownCpuSeconds\":%.6f,"
         "\"p50Us\":%.1f,\"p99Us\":%.1f,\"p999Us\":%.1f}\n",
         (double)(to.ns - from.ns) / 1e9, (unsigned long long)done, to.serverSeconds - from.serverSeconds,
         to.ownSeconds - from.ownSeconds, quantileUs(0.5), quantileUs(0.99), quantileUs(0.999));
  fflush(stdout);
}

static void startMeasuring(void) {
  memset(histogram, 0, sizeof histogram);
  measured = 0;
  measuring = true;
}

/* Handles sockets until `*counter` reaches `wanted`; a server that is silent for long has lost something. */
static void await(const uint64_t *counter, uint64_t wanted, const char *what) {
  uint64_t last = *counter, lastAtNs = nowNs();
  while (*counter < wanted) {
    handleSockets(100, false);
    if (*counter != last) {
      last = *counter;
      lastAtNs = nowNs();
    } else if (nowNs() - lastAtNs > LONGEST_SILENCE_SECONDS * 1000000000ull) {
      fail("%s: %llu of %llu, then silence", what, (unsigned long long)last, (unsigned long long)wanted);
    }
  }
}

/* Connects the clients from those that are open up to `wanted`, each to its room, and waits until each is counted. */
static void connectUpTo(uint32_t wanted, const uint64_t *counter, const char *what) {
  uint64_t before = *counter;
  if (wanted > MAX_CLIENTS || wanted % membersPerRoom != 0) fail("full rooms, and at most %d clients", MAX_CLIENTS);
  for (uint32_t i = opened; i < wanted; i++) {
    uint64_t soFar = i - opened;
    if (soFar >= OPENING_AT_ONCE) await(counter, before + soFar - OPENING_AT_ONCE, what);
    if ((protocol == PUG || protocol == REFERENCE) && i / membersPerRoom >= roomCount) fail("not enough rooms");
    connectClient(i, i / membersPerRoom);
  }
  await(counter, before + wanted - opened, what);
}

static void openClients(uint32_t wanted) {
  Stamp from = stamp();
  connectUpTo(wanted, &counts.joined, "clients joined");
  uint32_t first = opened;
  opened = wanted;
  answer(from, opened - first);
}

static void visit(uint32_t wanted) {
  Stamp from = stamp();
  leavesAfterJoin = keepsTickets = true;
  connectUpTo(wanted, &counts.left, "visitors left");
  leavesAfterJoin = keepsTickets = false;
  answer(from, wanted - opened);
}

/* Every message must have reached every member: a server that lost one has not done the work. */
static void drain(uint64_t sentBefore, uint64_t deliveriesBefore) {
  measuring = false;
  await(&counts.deliveries, deliveriesBefore + (counts.sent - sentBefore) * membersPerRoom, "deliveries");
}

static void saturate(uint32_t underWay, uint64_t warmMs, uint64_t ms) {
  uint64_t sentBefore = counts.sent, deliveriesBefore = counts.deliveries;
  if (underWay < 1 || underWay > membersPerRoom) fail("1 to %u messages under way in a room", membersPerRoom);
  for (uint32_t i = 0; i < opened; i++)
    if (i % membersPerRoom < underWay) sendMessages(i, 1, nowNs());
  for (uint64_t until = nowNs() + warmMs * 1000000; nowNs() < until;) handleSockets(10, true);
  startMeasuring();
  Stamp from = stamp();
  for (uint64_t until = from.ns + ms * 1000000; nowNs() < until;) handleSockets(10, true);
  answer(from, counts.deliveries - from.deliveries);
  drain(sentBefore, deliveriesBefore);
}

/* Sends what is due. A message says when it was due, not when it left: a generator that is late hides no wait. */
static uint64_t sendUntil(uint64_t untilNs, uint64_t startNs, double intervalNs, uint64_t sent) {
  for (;;) {
    uint64_t now = nowNs();
    uint64_t dueNs = startNs + (uint64_t)((double)sent * intervalNs);
    if (now >= untilNs) return sent;
    if (dueNs > now || counts.sent * membersPerRoom - counts.deliveries > MAX_UNDER_WAY) {
      handleSockets(0, false);
      continue;
    }
    // A stride of one room and one member: neighbours in time are in different rooms.
    uint64_t room = sent % (opened / membersPerRoom), member = sent / (opened / membersPerRoom) % membersPerRoom;
    sendMessages((uint32_t)(room * membersPerRoom + member), 1, dueNs);
    sent++;
    if (sent % 16 == 0) handleSockets(0, false);
  }
}

static void sendAtRate(double messagesPerSecond, uint64_t warmMs, uint64_t ms) {
  uint64_t sentBefore = counts.sent, deliveriesBefore = counts.deliveries;
  if (opened < membersPerRoom) fail("no room is full");
  double intervalNs = 1e9 / messagesPerSecond;
  uint64_t startNs = nowNs();
  uint64_t sent = sendUntil(startNs + warmMs * 1000000, startNs, intervalNs, 0);
  startMeasuring();
  Stamp from = stamp();
  sendUntil(from.ns + ms * 1000000, startNs, intervalNs, sent);
  answer(from, counts.deliveries - from.deliveries);
  drain(sentBefore, deliveriesBefore);
}

static void idle(uint64_t ms, uint64_t pingEveryMs) {
  Stamp from = stamp();
  uint64_t pinged = 0;
  for (uint64_t elapsedNs; (elapsedNs = nowNs() - from.ns) < ms * 1000000;) {
    uint64_t due = (uint64_t)((double)elapsedNs / 1e6 / (double)pingEveryMs * opened);
    for (; pinged < due; pinged++) sendPing((uint32_t)(pinged % opened));
    handleSockets(5, false);
  }
  answer(from, pinged);
}

static void joinAndLeave(uint32_t atOnce, uint64_t count) {
  if (opened > 0 || roomCount < atOnce) fail("joins need rooms, and nobody in them");
  leavesAfterJoin = true;
  Stamp from = stamp();
  uint64_t started = 0, before = counts.left, lastLeft = counts.left, lastAtNs = from.ns;
  while (counts.left - before < count) {
    for (uint32_t i = 0; i < atOnce && started < count; i++) {
      if (clients[i].state != CLOSED) continue;
      connectClient(i, nextJoin++ % roomCount);
      started++;
    }
    handleSockets(100, false);
    if (counts.left != lastLeft) lastLeft = counts.left, lastAtNs = nowNs();
    else if (nowNs() - lastAtNs > LONGEST_SILENCE_SECONDS * 1000000000ull) fail("joins: silence");
  }
  answer(from, count);
  leavesAfterJoin = false;
}

static bool allHeld(uint32_t wanted) {
  for (uint32_t i = 0; i < wanted; i++)
    if (clients[i].state != HELD) return false;
  return true;
}

static void admit(uint32_t wanted) {
  if (opened > 0 || roomCount * membersPerRoom < wanted) fail("admit needs rooms, and nobody in them");
  holdsBeforeJoin = true;
  for (uint32_t i = 0; i < wanted; i++) {
    connectClient(i, i / membersPerRoom);
    for (int tries = 0; (i + 1 == wanted || i % OPENING_AT_ONCE == 0) && !allHeld(i + 1); tries++) {
      if (tries > 10 * LONGEST_SILENCE_SECONDS) fail("admit: no hello");
      handleSockets(100, false);
    }
  }
  opened = wanted;
  uint64_t before = counts.joined;
  Stamp from = stamp();
  for (uint32_t i = 0; i < wanted; i++) {
    joinClient(i);
    if (i % 16 == 0) handleSockets(0, false);
  }
  await(&counts.joined, before + wanted, "clients joined");
  answer(from, wanted);
  holdsBeforeJoin = false;
}

static Room *nextRoom(void) {
  if (roomCount == MAX_ROOMS) fail("at most %d rooms", MAX_ROOMS);
  return &rooms[roomCount++];
}

static void addReferenceRoom(const char *line) {
  Room *room = nextRoom();
  if (sscanf(line, "room %22s %43s", room->id, room->joinKey) != 2) fail("a room is an id and a secret");
}

static void addRoom(const char *id, const char *joinKey, const char *seedHex) {
  uint8_t seed[32];
  Room *room = nextRoom();
  bool lengths = strlen(id) == 22 && strlen(joinKey) == 43 && strlen(seedHex) == 64;
  if (!lengths || fromHex(seedHex, seed, 32) != 0 || fromBase64url(id, 22, room->idBytes) != 16)
    fail("a room is an id, a join key and a seed");
  memcpy(room->id, id, 23);
  memcpy(room->joinKey, joinKey, 44);
  room->signer = newSigner(seed);
}

static void run(const char *line) {
  char id[32], key[64], seed[80];
  unsigned long long a, b, c;
  double rate;
  if (sscanf(line, "room %31s %63s %79s", id, key, seed) == 3) addRoom(id, key, seed);
  else if (protocol == REFERENCE && strncmp(line, "room ", 5) == 0) addReferenceRoom(line);
  else if (sscanf(line, "open %llu", &a) == 1) openClients((uint32_t)a);
  else if (sscanf(line, "visit %llu", &a) == 1) visit((uint32_t)a);
  else if (sscanf(line, "saturate %llu %llu %llu", &a, &b, &c) == 3) saturate((uint32_t)a, b, c);
  else if (sscanf(line, "rate %lf %llu %llu", &rate, &a, &b) == 3) sendAtRate(rate, a, b);
  else if (sscanf(line, "idle %llu %llu", &a, &b) == 2) idle(a, b);
  else if (sscanf(line, "joins %llu %llu", &a, &b) == 2) joinAndLeave((uint32_t)a, b);
  else if (sscanf(line, "admit %llu", &a) == 1) admit((uint32_t)a);
  else fail("no such command");
}

/* Until standard input ends. Sockets are read between commands, too, so that a server's pings are answered. */
static void readCommands(void) {
  static char text[65536];
  size_t held = 0;
  for (;;) {
    struct pollfd wanted[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = clientsDescriptor(), .events = POLLIN}};
    poll(wanted, 2, -1);
    if (wanted[1].revents != 0) handleSockets(0, false);
    if (wanted[0].revents == 0) continue;
    ssize_t got = read(STDIN_FILENO, text + held, sizeof text - held);
    if (got <= 0) return;
    held += (size_t)got;
    char *line = text, *end;
    for (; (end = memchr(line, '\n', held - (size_t)(line - text))) != NULL; line = end + 1) {
      *end = 0;
      run(line);
    }
    held -= (size_t)(line - text);
    memmove(text, line, held);
    if (held == sizeof text) fail("a line without an end");
  }
}

static Protocol protocolNamed(const char *name) {
  if (strcmp(name, "pug") == 0) return PUG;
  if (strcmp(name, "raw") == 0) return RAW;
  if (strcmp(name, "socketio") == 0) return SOCKETIO;
  if (strcmp(name, "reference") == 0) return REFERENCE;
  fail("no such protocol");
}

int main(int argc, char **argv) {
  if (argc != 5) fail("load <pug|raw|socketio|reference> <port> <pid of the server> <members in a room>");
  protocol = protocolNamed(argv[1]);
  if (clock_getcpuclockid(atoi(argv[3]), &serverClock) != 0) fail("there is no such server");
  membersPerRoom = (uint32_t)atoi(argv[4]);
  startClients((uint16_t)atoi(argv[2]));
  readCommands();
  return 0;
}
