#ifndef TAPEDECK_CZSTD_H
#define TAPEDECK_CZSTD_H

#include <zstd.h>
#include <zstd_errors.h>

#endif
