// Ed25519 signatures by the system's libcrypto, found at run time: so the generator compiles where only the library is
// installed, not its headers.
#include <dlfcn.h>

#include "load.h"

// EVP_PKEY_ED25519 of OpenSSL 1.1.1 and later.
enum { ED25519 = 1087 };

static void *(*newPrivateKey)(int type, void *engine, const uint8_t *key, size_t length);
static void *(*newContext)(void);
static int (*resetContext)(void *context);
static int (*startSigning)(void *context, void *keyContext, const void *digest, void *engine, void *key);
static int (*signAll)(void *context, uint8_t *signature, size_t *signatureBytes, const uint8_t *message, size_t length);

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) fail("libcrypto has no %s: OpenSSL 1.1.1 or later is needed", name);
  return found;
}

static void openLibrary(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"};
  void *library = NULL;
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
  if (library == NULL) fail("libcrypto (OpenSSL) is not installed; joins must be signed");
  // POSIX lets an object pointer from dlsym be used as a function pointer; ISO C has no cast for it.
  *(void **)&newPrivateKey = symbol(library, "EVP_PKEY_new_raw_private_key");
  *(void **)&newContext = symbol(library, "EVP_MD_CTX_new");
  *(void **)&resetContext = symbol(library, "EVP_MD_CTX_reset");
  *(void **)&startSigning = symbol(library, "EVP_DigestSignInit");
  *(void **)&signAll = symbol(library, "EVP_DigestSign");
}

void *newSigner(const uint8_t seed[32]) {
  if (newPrivateKey == NULL) openLibrary();
  void *key = newPrivateKey(ED25519, NULL, seed, 32);
  if (key == NULL) fail("libcrypto refused an Ed25519 seed");
  return key;
}

void sign(void *signer, const uint8_t *message, size_t messageBytes, uint8_t signature[64]) {
  static void *context;
  if (context == NULL) context = newContext();
  size_t signatureBytes = 64;
  if (resetContext(context) != 1 || startSigning(context, NULL, NULL, NULL, signer) != 1 ||
      signAll(context, signature, &signatureBytes, message, messageBytes) != 1)
    fail("libcrypto could not sign");
}
