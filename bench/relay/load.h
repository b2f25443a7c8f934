// The load generator: what its files share. One thread, one epoll; every number a run needs is counted here.
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What every server delivers: 8 bytes that a relay may need for itself, and 200 bytes of payload.
enum { HEADER_BYTES = 8, PAYLOAD_BYTES = 200, DELIVERY_BYTES = HEADER_BYTES + PAYLOAD_BYTES };
enum { MAX_CLIENTS = 20000, MAX_ROOMS = 20000, MAX_ANSWERS = 64 };

// How a server is spoken to: our protocol, bytes published as they come, a Socket.IO event with one attachment, or the
// reference stack's Socket.IO events, which carry base64.
typedef enum { PUG, RAW, SOCKETIO, REFERENCE } Protocol;

typedef enum { CLOSED, UPGRADING, GREETING, HELD, JOINING, READY, LEAVING } State;

typedef struct {
  int fd;
  State state;
  uint32_t room;
  uint8_t nonce[32];     // of the hello, kept while HELD
  char ticket[23];       // base64url, of a visit; empty mostly. The next join of this client shows it
  uint8_t *rest;         // the beginning of a frame whose end has not arrived; NULL mostly
  uint32_t restBytes;
} Client;

typedef struct {
  char id[23];       // base64url
  char joinKey[44];  // base64url; the room's secret where that is what a member shows
  uint8_t idBytes[16];
  void *signer;
} Room;

typedef struct {
  uint64_t sent, deliveries, joined, left;
} Counts;

extern Protocol protocol;
extern Client clients[MAX_CLIENTS];
extern Room rooms[MAX_ROOMS];
extern uint32_t roomCount, membersPerRoom;
extern Counts counts;
// When set: a client whose join is answered leaves at once; it keeps its ticket; one that was greeted does not join.
extern bool leavesAfterJoin, keepsTickets, holdsBeforeJoin;

// load.c
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
uint64_t nowNs(void);
/* A delivery that carries `payload` reached a client; `own` when that client had sent it. */
void onDelivery(uint64_t sentAtNs, uint64_t arrivedAtNs);

// client.c
void startClients(uint16_t port);
void connectClient(uint32_t index, uint32_t room);
void joinClient(uint32_t index);
/* Sends `count` messages that say they were sent at `sentAtNs`. */
void sendMessages(uint32_t index, unsigned count, uint64_t sentAtNs);
void sendPing(uint32_t index);
/* Waits up to `timeoutMs` for sockets and handles all that is ready. `answering`: after each message its sender's
   neighbour in the room sends one. */
void handleSockets(int timeoutMs, bool answering);
/* Readable when a client's socket is. */
int clientsDescriptor(void);

// sign.c: Ed25519 (RFC 8032) by the system's libcrypto
void *newSigner(const uint8_t seed[32]);
void sign(void *signer, const uint8_t *message, size_t messageBytes, uint8_t signature[64]);

// text.c
int fromHex(const char *text, uint8_t *bytes, size_t length);
void toBase64url(const uint8_t *bytes, size_t length, char *text);
int fromBase64url(const char *text, size_t characters, uint8_t *bytes);

#endif
