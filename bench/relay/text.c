// Bytes as text and back.
#include <string.h>

#include "load.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int fromHex(const char *text, uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    int high = hexDigit(text[2 * i]), low = high < 0 ? -1 : hexDigit(text[2 * i + 1]);
    if (low < 0) return -1;
    bytes[i] = (uint8_t)(high << 4 | low);
  }
  return 0;
}

void toBase64url(const uint8_t *bytes, size_t length, char *text) {
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < length; i++) {
    bits = bits << 8 | bytes[i];
    for (held += 8; held >= 6; held -= 6) *text++ = alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) *text++ = alphabet[bits << (6 - held) & 63];
  *text = 0;
}

int fromBase64url(const char *text, size_t characters, uint8_t *bytes) {
  uint32_t bits = 0;
  int held = 0, length = 0;
  for (size_t i = 0; i < characters; i++) {
    const char *at = text[i] == 0 ? NULL : strchr(alphabet, text[i]);
    if (at == NULL) return -1;
    bits = bits << 6 | (uint32_t)(at - alphabet);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[length++] = (uint8_t)(bits >> held);
  }
  return length;
}
