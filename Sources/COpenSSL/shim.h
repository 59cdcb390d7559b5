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

/// SSL_OP_… are 64-bit function-like macros. No resumption tickets, renegotiation or compression; server's cipher order.
static inline uint64_t martlet_ssl_options(void) {
    return SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;
}
