/* The yardstick: publishes a schedule with as little between the clock and the socket as libmosquitto allows.

   publisher HOST PORT SCHEDULE QOS timed|burst

   SCHEDULE is a text of lines `offset_ns topic payload`, in order. Each line is slept for with clock_nanosleep(2),
   TIMER_ABSTIME on CLOCK_MONOTONIC and 1 ns timer slack, and written to the socket at once; `burst` does not sleep.
   Prints one JSON object: messages, duration, lateness at the write in µs, CPU seconds, and the peak of resident memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

struct line {
    int64_t offset;
    const char *topic, *payload;
    int length;
};

static bool connected;
static int64_t window = 65535, acknowledged, given;

static void fail(const char *what) {
    fprintf(stderr, "publisher: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void on_connect(struct mosquitto *m, void *context, int code, int flags, const mosquitto_property *properties) {
    uint16_t maximum = 0;
    if (code != 0) { fail("CONNECT"); }
    if (mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &maximum, false)) { window = maximum; }
    if (window > 1000) { window = 1000; }
    connected = true;
}

static void on_publish(struct mosquitto *m, void *context, int id, int code, const mosquitto_property *properties) {
    acknowledged++;
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) { fail(path); }
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    if (!text || fread(text, 1, *size, file) != *size) { fail(path); }
    text[*size] = 0;
    fclose(file);
    return text;
}

static struct line *parse(char *text, size_t size, size_t *count) {
    size_t lines = 0;
    for (size_t i = 0; i < size; i++) { lines += text[i] == '\n'; }
    struct line *schedule = calloc(lines + 1, sizeof *schedule);
    if (!schedule) { fail("memory"); }
    *count = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        struct line *entry = &schedule[*count];
        char *topic;
        entry->offset = strtoll(line, &topic, 10);
        char *payload = strchr(topic + 1, ' ');
        if (!payload) { fail("a line of the schedule"); }
        *payload = 0;
        entry->topic = topic + 1;
        entry->payload = payload + 1;
        entry->length = (int)strlen(payload + 1);
        ++*count;
    }
    return schedule;
}

/* Reads what has come and writes what waits; waits at most `timeout` ms for either. */
static void serve(struct mosquitto *m, int timeout) {
    struct pollfd descriptor = {
        .fd = mosquitto_socket(m), .events = (short)(POLLIN | (mosquitto_want_write(m) ? POLLOUT : 0))};
    if (poll(&descriptor, 1, timeout) <= 0) { return; }
    if (descriptor.revents & (POLLIN | POLLERR | POLLHUP)) {
        if (mosquitto_loop_read(m, 1) != MOSQ_ERR_SUCCESS) { fail("reading"); }
    }
    if (descriptor.revents & POLLOUT) {
        if (mosquitto_loop_write(m, 1) != MOSQ_ERR_SUCCESS) { fail("writing"); }
    }
}

static int ascending(const void *left, const void *right) {
    int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;
    return (one > other) - (one < other);
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: publisher HOST PORT SCHEDULE QOS timed|burst\n");
        return 64;
    }
    size_t size, count;
    char *text = read_file(argv[3], &size);
    struct line *schedule = parse(text, size, &count);
    int64_t *lateness = calloc(count + 1, sizeof *lateness);
    int qos = atoi(argv[4]);
    bool timed = strcmp(argv[5], "timed") == 0;

    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new(NULL, true, NULL);
    if (!m || !lateness) { fail("memory"); }
    mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_v5_callback_set(m, on_connect);
    mosquitto_publish_v5_callback_set(m, on_publish);
    if (mosquitto_connect_bind_v5(m, argv[1], atoi(argv[2]), 60, NULL, NULL) != MOSQ_ERR_SUCCESS) { fail("connecting"); }
    while (!connected) { serve(m, 1000); }

    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    int64_t start = now() + 1000000, last = start;
    for (size_t i = 0; i < count; i++) {
        int64_t deadline = start + schedule[i].offset;
        if (timed) {
            struct timespec time = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
            while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {}
        }
        while (mosquitto_want_write(m) || (qos > 0 && given - acknowledged >= window)) { serve(m, 1000); }
        int code = mosquitto_publish_v5(
            m, NULL, schedule[i].topic, schedule[i].length, schedule[i].payload, qos, false, NULL);
        if (code != MOSQ_ERR_SUCCESS) { fail(mosquitto_strerror(code)); }
        given++;
        last = now();
        lateness[i] = last - deadline;
        if (timed || i % 64 == 63) { serve(m, 0); }
    }
    while (mosquitto_want_write(m) || acknowledged < given) { serve(m, 1000); }
    int64_t end = qos > 0 || !timed ? now() : last;
    getrusage(RUSAGE_SELF, &after);
    mosquitto_disconnect(m);
    mosquitto_destroy(m);

    qsort(lateness, count, sizeof *lateness, ascending);
    double part[] = {0.5, 0.9, 0.99, 0.999};
    const char *name[] = {"p50", "p90", "p99", "p99_9"};
    double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec)
        + (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
    printf("{\"sent\": %zu, \"duration_ms\": %.3f, \"cpu_s\": %.4f, \"peak_kib\": %ld", count,
        (double)((timed ? last : end) - start) / 1e6, cpu, after.ru_maxrss);
    for (int i = 0; timed && count > 0 && i < 4; i++) {
        size_t index = (size_t)(part[i] * (double)count);
        printf(", \"%s\": %.1f", name[i], (double)lateness[index < count ? index : count - 1] / 1e3);
    }
    if (timed && count > 0) { printf(", \"max\": %.1f", (double)lateness[count - 1] / 1e3); }
    printf("}\n");
    return 0;
}
