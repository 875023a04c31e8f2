#ifndef TAPEDECK_EXTENSION_H
#define TAPEDECK_EXTENSION_H

#include <sqlite3.h>

/// The version of the host's SQLite, as https://www.sqlite.org/c3ref/libversion.html has it; 0 before it was loaded.
int tapedeck_host_version(void);

#endif
