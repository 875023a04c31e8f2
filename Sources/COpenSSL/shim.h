#ifndef TAPEDECK_COPENSSL_H
#define TAPEDECK_COPENSSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// What Swift cannot import: macros with arguments, and callbacks that find their data in the connection.

/// Leaves OpenSSL's memory alone when the process ends; counts only when it is the first call of OpenSSL.
static inline void tapedeck_ssl_stay_until_the_end(void) {
    OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
}

static inline int tapedeck_ssl_require_tls12(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline void tapedeck_ssl_read_ahead(SSL_CTX *context, size_t size) {
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, size);
}

static inline int tapedeck_ssl_set_server_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

static inline void tapedeck_ssl_set_modes(SSL *connection) {
    SSL_set_mode(connection, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
}

/// A key that both ends know, instead of certificates (RFC 4279).
typedef struct {
    const char *identity;
    const unsigned char *key;
    unsigned int length;
} tapedeck_psk;

static inline unsigned int tapedeck_psk_answer(
    SSL *connection, const char *hint, char *identity, unsigned int identity_room, unsigned char *key,
    unsigned int key_room) {
    (void)hint;
    const tapedeck_psk *psk = (const tapedeck_psk *)SSL_get_ex_data(connection, 0);
    if (psk == NULL || psk->length > key_room || strlen(psk->identity) >= identity_room) { return 0; }
    strcpy(identity, psk->identity);
    memcpy(key, psk->key, psk->length);
    return psk->length;
}

/// Lets a connection answer with a shared key; `psk` must live as long as the connection.
static inline void tapedeck_ssl_use_psk(SSL *connection, tapedeck_psk *psk) {
    SSL_set_ex_data(connection, 0, psk);
    SSL_set_psk_client_callback(connection, tapedeck_psk_answer);
}

static inline int tapedeck_no_passphrase(char *buffer, int size, int writing, void *data) {
    (void)buffer, (void)size, (void)writing, (void)data;
    return -1;
}

/// Makes a key file that needs a passphrase an error: OpenSSL would ask for it on the terminal.
static inline void tapedeck_ssl_never_ask(SSL_CTX *context) {
    SSL_CTX_set_default_passwd_cb(context, tapedeck_no_passphrase);
}

#endif
