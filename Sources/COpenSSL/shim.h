// OpenSSL 3 by its EVP interface, and libssl. Macros that Swift cannot see get a static inline wrapper here.
#pragma once
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// The selection that EVP_PKEY_fromdata needs for a public key; a macro of macros.
static inline int martlet_EVP_PKEY_PUBLIC_KEY(void) { return EVP_PKEY_PUBLIC_KEY; }
