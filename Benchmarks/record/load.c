/* The load: publishers on connections of their own, all in one thread, flat out or at a rate.

   load PORT PUBLISHERS MESSAGES QOS [RATE]

   Speaks MQTT 5 itself, so that it costs little beside what is measured. Each message has the topic, the user properties
   (device_id, access_key) and the telemetry payload of a device, and its number at the end of the payload. At QoS 1 each
   connection keeps as many messages on their way as the broker's receive maximum allows. RATE is messages a second over
   all publishers. Prints one JSON object when the broker has acknowledged everything. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { OUT_SIZE = 65536, IN_SIZE = 65536, PACKET_ROOM = 8192 };

struct publisher {
    int fd, number;
    bool connected, awaits_room;
    uint16_t packet_id;
    int window, open;
    size_t out_begin, out_end, in_end;
    char out[OUT_SIZE], in[IN_SIZE];
    char name[64], key[64];
};

static int64_t next_message, acknowledged, total;
static int qos, epoll;

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static char *put_text(char *to, const char *text) {
    size_t length = strlen(text);
    *to++ = (char)(length >> 8);
    *to++ = (char)length;
    memcpy(to, text, length);
    return to + length;
}

static char *put_length(char *to, size_t length) {
    do {
        *to++ = (char)((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
        length >>= 7;
    } while (length > 0);
    return to;
}

static void put_packet(struct publisher *p, int header, const char *body, size_t length) {
    char *to = p->out + p->out_end;
    *to++ = (char)header;
    to = put_length(to, length);
    memcpy(to, body, length);
    p->out_end = (size_t)(to + length - p->out);
}

static void put_connect(struct publisher *p) {
    char body[256], *to = put_text(body, "MQTT");
    *to++ = 5;
    *to++ = 2; /* clean start */
    *to++ = 0;
    *to++ = 60;
    *to++ = 0;
    to = put_text(to, p->name);
    put_packet(p, 0x10, body, (size_t)(to - body));
}

static void put_publish(struct publisher *p) {
    char body[PACKET_ROOM], properties[256], topic[128], payload[512];
    int64_t number = next_message++;
    snprintf(topic, sizeof topic, "v1/device/%s/telemetry", p->name);
    char *to = put_text(body, topic);
    if (qos > 0) {
        if (++p->packet_id == 0) { p->packet_id = 1; }
        *to++ = (char)(p->packet_id >> 8);
        *to++ = (char)p->packet_id;
    }
    char *end = properties;
    *end++ = 38;
    end = put_text(put_text(end, "device_id"), p->name);
    *end++ = 38;
    end = put_text(put_text(end, "access_key"), p->key);
    to = put_length(to, (size_t)(end - properties));
    memcpy(to, properties, (size_t)(end - properties));
    to += end - properties;
    int length = snprintf(payload, sizeof payload,
        "{\"status\":\"online\",\"telemetries\":{\"cpu\":%d.%02d,\"ram\":%d.%d,\"disk\":%d.5,\"temperature\":%d.%d,"
        "\"battery\":%d,\"network\":{\"rx\":%lld,\"tx\":%lld},\"uptime\":%lld,\"mode\":\"auto\",\"errors\":[],"
        "\"position\":{\"lat\":52.%06d,\"lon\":13.%06d}},\"timestamp\":\"2026-11-23T12:%02d:%02d.%03dZ\",\"n\":%lld}",
        (int)(number % 97), (int)(number % 83), (int)(number % 61), (int)(number % 9), (int)(number % 50),
        (int)(20 + number % 40), (int)(number % 10), (int)(number % 101), (long long)number * 311, (long long)number * 97,
        (long long)number / 50, (int)(number % 999983), (int)(number % 899981), (int)(number / 60000 % 60),
        (int)(number / 1000 % 60), (int)(number % 1000), (long long)number);
    memcpy(to, payload, (size_t)length);
    put_packet(p, 0x30 | qos << 1, body, (size_t)(to + length - body));
    if (qos > 0) { p->open++; } else { acknowledged++; }
}

static void watch(struct publisher *p, bool writing) {
    struct epoll_event event = {.events = EPOLLIN | (writing ? (uint32_t)EPOLLOUT : 0), .data = {.ptr = p}};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, p->fd, &event) != 0) { fail("epoll"); }
    p->awaits_room = writing;
}

static void flush(struct publisher *p) {
    while (p->out_begin < p->out_end) {
        ssize_t count = send(p->fd, p->out + p->out_begin, p->out_end - p->out_begin, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) { break; }
        if (count < 0) { fail("writing"); }
        p->out_begin += (size_t)count;
    }
    if (p->out_begin == p->out_end) { p->out_begin = p->out_end = 0; }
    if ((p->out_begin < p->out_end) != p->awaits_room) { watch(p, !p->awaits_room); }
}

/* Publishes as much as the window, the buffer and the rate allow. */
static void publish(struct publisher *p, int64_t due) {
    while (p->connected && next_message < due && (qos == 0 || p->open < p->window)) {
        if (p->out_begin > 0) { break; }
        if (p->out_end + PACKET_ROOM > OUT_SIZE) { break; }
        put_publish(p);
    }
    flush(p);
}

static void take_packet(struct publisher *p, int type, const unsigned char *body, size_t length) {
    if (type == 2) {
        if (length < 2 || body[1] != 0) { fail("CONNECT refused"); }
        p->window = 65535;
        /* Receive maximum is all that matters among the properties, all of one or two bytes before it in mosquitto's. */
        for (size_t i = 3; i + 2 < length;) {
            if (body[i] == 0x21) { p->window = body[i + 1] << 8 | body[i + 2]; }
            i += body[i] == 0x21 || body[i] == 0x22 || body[i] == 0x13 ? 3 : body[i] == 0x11 || body[i] == 0x27 ? 5 : 2;
        }
        if (p->window > 1000) { p->window = 1000; }
        p->connected = true;
    } else if (type == 5) {
        /* PUBREL, the second half of QoS 2. */
        put_packet(p, 0x62, (const char *)body, 2);
        flush(p);
    } else if (type == 4 || type == 7) {
        p->open--;
        acknowledged++;
    }
}

static void take(struct publisher *p) {
    while (true) {
        ssize_t count = recv(p->fd, p->in + p->in_end, IN_SIZE - p->in_end, 0);
        if (count < 0 && errno == EAGAIN) { return; }
        if (count <= 0) { fail("reading"); }
        p->in_end += (size_t)count;
        size_t begin = 0;
        while (p->in_end - begin >= 2) {
            const unsigned char *packet = (const unsigned char *)p->in + begin;
            size_t length = packet[1];
            if (length > 127) { fail("an answer of more than 127 bytes"); }
            if (p->in_end - begin < 2 + length) { break; }
            take_packet(p, packet[0] >> 4, packet + 2, length);
            begin += 2 + length;
        }
        memmove(p->in, p->in + begin, p->in_end - begin);
        p->in_end -= begin;
    }
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: load PORT PUBLISHERS MESSAGES QOS [RATE]\n");
        return 64;
    }
    int count = atoi(argv[2]);
    total = atoll(argv[3]);
    qos = atoi(argv[4]);
    double rate = argc > 5 ? atof(argv[5]) : 0;
    epoll = epoll_create1(0);
    struct publisher *publishers = calloc((size_t)count, sizeof *publishers);
    if (!publishers) { fail("memory"); }
    for (int i = 0; i < count; i++) {
        struct publisher *p = &publishers[i];
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        p->number = i;
        snprintf(p->name, sizeof p->name, "3f2b8c1e-94d7-4c55-8f0e-%012d", i);
        snprintf(p->key, sizeof p->key, "5ec4e7%026d", i);
        p->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(p->fd, (struct sockaddr *)&address, sizeof address) != 0) { fail("connecting"); }
        int yes = 1;
        setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        fcntl(p->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = p}};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, p->fd, &event) != 0) { fail("epoll"); }
        put_connect(p);
        flush(p);
    }
    int64_t start = now();
    while (acknowledged < total) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, rate > 0 ? 1 : 1000);
        int64_t due = rate > 0 ? (int64_t)((double)(now() - start) / 1e9 * rate) : total;
        if (due > total) { due = total; }
        for (int i = 0; i < ready; i++) {
            struct publisher *p = events[i].data.ptr;
            if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) { take(p); }
            if (rate <= 0) { publish(p, due); }
        }
        /* At a rate the publishers take turns. */
        static int turn = 0;
        for (int i = 0; rate > 0 && next_message < due && i < count; i++) {
            publish(&publishers[turn++ % count], next_message + 1 < due ? next_message + 1 : due);
        }
        for (int i = 0; rate <= 0 && qos == 0 && i < count; i++) { publish(&publishers[i], due); }
    }
    int64_t end = now();
    bool waiting = true;
    while (waiting) {
        waiting = false;
        for (int i = 0; i < count; i++) {
            flush(&publishers[i]);
            waiting |= publishers[i].out_begin < publishers[i].out_end;
        }
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"sent\": %lld, \"seconds\": %.3f, \"cpu_s\": %.3f}\n", (long long)total, (double)(end - start) / 1e9, cpu);
    return 0;
}
