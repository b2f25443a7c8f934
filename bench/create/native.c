// A native solver: PBKDF2-HMAC-SHA-256 (RFC 8018) of 1,024 iterations for 16 tries at once, one in each lane of the
// machine's vectors, which the compiler makes. With AVX-512 nothing else on one core is faster by much; without it, a
// solver on the SHA instructions would be up to twice as fast as this one.
//   native rate <milliseconds>        prints tries and seconds of CPU: one line of JSON
//   native try <puzzle in hex> <n>    prints the first 4 bytes of try n as a number, to be checked against others
//   native solve                      reads lines "<puzzle in hex> <target> <k>", answers each with k ascending hits
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 16, ITERATIONS = 1024, MAX_HITS = 255 };

typedef uint32_t Lanes __attribute__((vector_size(4 * LANES)));
typedef struct {
  Lanes word[8];
} State;

static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                \
  do {                                                                                                  \
    Lanes choice = g ^ (e & (f ^ g)), majority = (a & b) | (c & (a | b));                               \
    Lanes sum = h + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + choice + constants[at + i] + w[i]; \
    d += sum;                                                                                           \
    h = sum + (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + majority;                                \
  } while (0)
#define EIGHT_ROUNDS(i)                 \
  ROUND(a, b, c, d, e, f, g, h, i);     \
  ROUND(h, a, b, c, d, e, f, g, i + 1); \
  ROUND(g, h, a, b, c, d, e, f, i + 2); \
  ROUND(f, g, h, a, b, c, d, e, i + 3); \
  ROUND(e, f, g, h, a, b, c, d, i + 4); \
  ROUND(d, e, f, g, h, a, b, c, i + 5); \
  ROUND(c, d, e, f, g, h, a, b, i + 6); \
  ROUND(b, c, d, e, f, g, h, a, i + 7)

/* SHA-256 of one block on top of `from` (FIPS 180-4 section 6.2.2). Uses `w` up. */
static inline State compress(const State *from, Lanes w[16]) {
  Lanes a = from->word[0], b = from->word[1], c = from->word[2], d = from->word[3];
  Lanes e = from->word[4], f = from->word[5], g = from->word[6], h = from->word[7];
  for (int at = 0; at < 64; at += 16) {
    if (at > 0) {
#pragma GCC unroll 16
      for (int i = 0; i < 16; i++) {
        Lanes two = w[(i + 14) & 15], fifteen = w[(i + 1) & 15];
        w[i] += (ROTATE(two, 17) ^ ROTATE(two, 19) ^ two >> 10) + w[(i + 9) & 15] +
                (ROTATE(fifteen, 7) ^ ROTATE(fifteen, 18) ^ fifteen >> 3);
      }
    }
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
  }
  return (State){{from->word[0] + a, from->word[1] + b, from->word[2] + c, from->word[3] + d, from->word[4] + e,
                  from->word[5] + f, from->word[6] + g, from->word[7] + h}};
}

static Lanes every(uint32_t value) {
  return (Lanes){0} + value;
}

/* The state after HMAC's first block: the key, here 32 bytes, masked with `mask` in every byte (RFC 2104). */
static State keyed(const uint8_t puzzle[32], uint32_t mask) {
  State state;
  Lanes w[16];
  for (int i = 0; i < 8; i++) state.word[i] = every(start[i]);
  for (int i = 0; i < 16; i++) {
    const uint8_t *at = puzzle + 4 * i;
    uint32_t word = i < 8 ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3] : 0;
    w[i] = every(word ^ mask);
  }
  return compress(&state, w);
}

/* The hash of `digest` as the second block after a keyed one. */
static inline State second(const State *from, const State *digest) {
  Lanes w[16] = {0};
  for (int i = 0; i < 8; i++) w[i] = digest->word[i];
  w[8] = every(0x80000000);
  w[15] = every((64 + 32) * 8);
  return compress(from, w);
}

/* The first 4 bytes of the tries `first` and the 15 after it. */
static Lanes tries(const State *inner, const State *outer, uint32_t first) {
  Lanes w[16] = {0}, numbers = every(first);
  for (uint32_t i = 0; i < LANES; i++) numbers[i] += i;
  w[0] = numbers;       // the salt
  w[1] = every(1);      // the number of PBKDF2's block
  w[2] = every(0x80000000);
  w[15] = every((64 + 8) * 8);
  State digest = compress(inner, w);
  digest = second(outer, &digest);
  Lanes output = digest.word[0];
  for (int i = 1; i < ITERATIONS; i++) {
    digest = second(inner, &digest);
    digest = second(outer, &digest);
    output ^= digest.word[0];
  }
  return output;
}

static bool readHex(const char *text, uint8_t bytes[32]) {
  for (int i = 0; i < 32; i++)
    if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1) return false;
  return strlen(text) == 64;
}

static double cpuSeconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void printRate(double wantedMs) {
  const uint8_t puzzle[32] = {1, 2, 3};
  State inner = keyed(puzzle, 0x36363636), outer = keyed(puzzle, 0x5c5c5c5c);
  volatile uint32_t sink;
  uint32_t done = 0;
  double from = cpuSeconds();
  do {
    sink = tries(&inner, &outer, done)[0];
    done += LANES;
  } while ((cpuSeconds() - from) * 1e3 < wantedMs);
  (void)sink;
  printf("{\"tries\":%u,\"cpuSeconds\":%.6f}\n", done, cpuSeconds() - from);
}

static void solve(const uint8_t puzzle[32], uint32_t target, unsigned k) {
  State inner = keyed(puzzle, 0x36363636), outer = keyed(puzzle, 0x5c5c5c5c);
  unsigned hits = 0;
  for (uint32_t first = 0; hits < k; first += LANES) {
    Lanes output = tries(&inner, &outer, first);
    for (uint32_t i = 0; i < LANES && hits < k; i++)
      if (output[i] <= target) printf(hits++ == 0 ? "%u" : " %u", first + i);
  }
  printf("\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  uint8_t puzzle[32];
  char line[256], hex[80];
  unsigned target, k;
  if (argc == 3 && strcmp(argv[1], "rate") == 0) {
    printRate(atof(argv[2]));
  } else if (argc == 4 && strcmp(argv[1], "try") == 0 && readHex(argv[2], puzzle)) {
    State inner = keyed(puzzle, 0x36363636), outer = keyed(puzzle, 0x5c5c5c5c);
    printf("%u\n", tries(&inner, &outer, (uint32_t)strtoul(argv[3], NULL, 10))[0]);
  } else if (argc == 2 && strcmp(argv[1], "solve") == 0) {
    while (fgets(line, sizeof line, stdin) != NULL) {
      if (sscanf(line, "%79s %u %u", hex, &target, &k) != 3 || !readHex(hex, puzzle) || k > MAX_HITS) return 1;
      solve(puzzle, target, k);
    }
  } else {
    fprintf(stderr, "native rate <milliseconds> | try <puzzle in hex> <n> | solve\n");
    return 1;
  }
  return 0;
}
