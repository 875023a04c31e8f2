/* The yardstick: what recording costs with libmosquitto and SQLite and nothing else.

   recorder PORT QOS MESSAGES FILE [BATCH]

   libmosquitto in external thread mode, so that acknowledgements wait; BATCH messages (480) or 50 ms become one blob,
   inserted as one row with synchronous=FULL in WAL mode; then the acknowledgements go. Topic, payload and every property
   are kept, nothing is compressed, redacted or indexed. Prints one JSON object after MESSAGES messages. */
#define _GNU_SOURCE
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static char *frames;
static size_t used, capacity;
static int pending;
static int64_t recorded, oldest, duplicates;
static bool connected, subscribed, dup;

static void fail(const char *what) {
    fprintf(stderr, "recorder: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void put(const void *bytes, size_t length) {
    if (used + length + 4 > capacity) {
        capacity = (used + length + 4) * 2;
        frames = realloc(frames, capacity);
        if (!frames) { fail("memory"); }
    }
    uint32_t size = (uint32_t)length;
    memcpy(frames + used, &size, 4);
    memcpy(frames + used + 4, bytes, length);
    used += length + 4;
}

static void put_properties(const mosquitto_property *next) {
    for (; next; next = mosquitto_property_next(next)) {
        int identifier = mosquitto_property_identifier(next);
        char *name = NULL, *value = NULL;
        void *data = NULL;
        uint16_t length = 0;
        uint32_t number = 0;
        uint8_t byte = 0;
        put(&identifier, 1);
        switch (identifier) {
        case MQTT_PROP_USER_PROPERTY:
            mosquitto_property_read_string_pair(next, identifier, &name, &value, false);
            put(name, strlen(name));
            put(value, strlen(value));
            break;
        case MQTT_PROP_RESPONSE_TOPIC:
        case MQTT_PROP_CONTENT_TYPE:
            mosquitto_property_read_string(next, identifier, &value, false);
            put(value, strlen(value));
            break;
        case MQTT_PROP_CORRELATION_DATA:
            mosquitto_property_read_binary(next, identifier, &data, &length, false);
            put(data, length);
            break;
        case MQTT_PROP_MESSAGE_EXPIRY_INTERVAL:
            mosquitto_property_read_int32(next, identifier, &number, false);
            put(&number, 4);
            break;
        case MQTT_PROP_PAYLOAD_FORMAT_INDICATOR:
            mosquitto_property_read_byte(next, identifier, &byte, false);
            put(&byte, 1);
            break;
        }
        free(name);
        free(value);
        free(data);
    }
}

static void on_connect(struct mosquitto *m, void *context, int code, int flags, const mosquitto_property *properties) {
    (void)m, (void)context, (void)flags, (void)properties;
    if (code != 0) { fail("CONNECT"); }
    connected = true;
}

static void on_subscribe(
    struct mosquitto *m, void *context, int id, int count, const int *codes, const mosquitto_property *properties) {
    (void)m, (void)context, (void)id, (void)properties;
    if (count < 1 || codes[0] >= 0x80) { fail("SUBSCRIBE"); }
    subscribed = true;
}

static void on_message(
    struct mosquitto *m, void *context, const struct mosquitto_message *message, const mosquitto_property *properties) {
    (void)m, (void)context;
    int64_t arrival = now();
    if (pending == 0) { oldest = arrival; }
    unsigned char flags = (unsigned char)(message->qos | (message->retain ? 4 : 0) | (dup && message->qos > 0 ? 8 : 0));
    if (flags & 8) { duplicates++; }
    put(&arrival, sizeof arrival);
    put(&flags, 1);
    put(&message->mid, 2);
    put(message->topic, strlen(message->topic));
    put_properties(properties);
    put(message->payload, (size_t)message->payloadlen);
    pending++;
}

/* libmosquitto tells DUP nowhere else. */
static void on_log(struct mosquitto *m, void *context, int level, const char *text) {
    (void)m, (void)context;
    if (level != MOSQ_LOG_DEBUG) { return; }
    static const char prefix[] = "Client bench-recorder received PUBLISH (d";
    if (strncmp(text, prefix, sizeof prefix - 1) == 0) { dup = text[sizeof prefix - 1] == '1'; }
}

static void check(int code, const char *what) {
    if (code != MOSQ_ERR_SUCCESS) {
        fprintf(stderr, "recorder: %s: %s\n", what, mosquitto_strerror(code));
        exit(1);
    }
}

static void flush(struct mosquitto *m) {
    while (mosquitto_want_write(m)) {
        struct pollfd descriptor = {.fd = mosquitto_socket(m), .events = POLLOUT};
        poll(&descriptor, 1, 1000);
        check(mosquitto_loop_write(m, 1), "writing");
    }
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: recorder PORT QOS MESSAGES FILE [BATCH]\n");
        return 64;
    }
    int qos = atoi(argv[2]), batch = argc > 5 ? atoi(argv[5]) : 480;
    int64_t total = atoll(argv[3]), commits = 0;
    sqlite3 *database;
    sqlite3_stmt *insert;
    if (sqlite3_open(argv[4], &database) != SQLITE_OK) { fail(argv[4]); }
    sqlite3_exec(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE journal (body BLOB)", 0, 0, 0);
    if (sqlite3_prepare_v2(database, "INSERT INTO journal (body) VALUES (?)", -1, &insert, 0) != SQLITE_OK) { fail("SQL"); }

    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("bench-recorder", true, NULL);
    if (!m) { fail("memory"); }
    mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(m, MOSQ_OPT_RECEIVE_MAXIMUM, 960);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_threaded_set(m, true);
    mosquitto_connect_v5_callback_set(m, on_connect);
    mosquitto_subscribe_v5_callback_set(m, on_subscribe);
    mosquitto_message_v5_callback_set(m, on_message);
    mosquitto_log_callback_set(m, on_log);
    check(mosquitto_connect_bind_v5(m, "127.0.0.1", atoi(argv[1]), 60, NULL, NULL), "connecting");
    bool asked = false;
    int64_t upkeep = now() + 1000000000;
    while (recorded < total) {
        bool drained = true;
        while (pending < batch) {
            int before = pending;
            errno = 0;
            check(mosquitto_loop_read(m, 1), "reading");
            if (pending == before && errno == EAGAIN) { break; }
            drained = false;
        }
        drained = pending < batch;
        int64_t time = now();
        if (pending > 0 && (pending >= batch || time - oldest >= 50000000)) {
            sqlite3_bind_blob(insert, 1, frames, (int)used, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE) { fail(sqlite3_errmsg(database)); }
            sqlite3_reset(insert);
            recorded += pending;
            commits++;
            pending = 0;
            used = 0;
            flush(m);
        }
        if (connected && !asked) {
            check(mosquitto_subscribe(m, NULL, "v1/device/#", qos), "subscribing");
            asked = true;
        }
        if (pending == 0) { flush(m); }
        if (subscribed && asked) {
            fprintf(stderr, "recorder: subscribed\n");
            subscribed = false;
        }
        if (time >= upkeep) {
            mosquitto_loop_misc(m);
            upkeep = time + 1000000000;
        }
        if (drained && recorded < total) {
            struct pollfd descriptor = {.fd = mosquitto_socket(m), .events = POLLIN};
            int64_t left = pending > 0 ? (oldest + 50000000 - time) / 1000000 + 1 : 1000;
            poll(&descriptor, 1, left < 0 ? 0 : (int)left);
        }
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"recorded\": %lld, \"commits\": %lld, \"cpu_s\": %.3f, \"peak_mib\": %.1f}\n", (long long)recorded,
        (long long)commits, cpu, (double)usage.ru_maxrss / 1024);
    mosquitto_disconnect(m);
    mosquitto_destroy(m);
    sqlite3_finalize(insert);
    sqlite3_close(database);
    return 0;
}
