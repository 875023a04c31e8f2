#ifndef TAPEDECK_CMOSQUITTO_H
#define TAPEDECK_CMOSQUITTO_H

#include <mosquitto.h>
#include <mqtt_protocol.h>

#endif
