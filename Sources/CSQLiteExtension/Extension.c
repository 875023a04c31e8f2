// The extension speaks to the SQLite of the program that loaded it, and to no other: two copies of SQLite in one process
// would drop each other's locks (https://www.sqlite.org/howtocorrupt.html, 2.2.1). Everything in this library calls
// sqlite3_step and so on; the hidden definitions of the same names in HostRoutines.c lead each call to the routine that the host hands
// to an extension (https://www.sqlite.org/loadext.html). The host sets them before anything else is called.

#pragma GCC visibility push(hidden)

#include <sqlite3ext.h>

#include "TapedeckExtension.h"

SQLITE_EXTENSION_INIT1

int tapedeck_register(sqlite3 *database, char **message);

// Virtual tables ask for what came with 3.38 (sqlite3_vtab_in, sqlite3_vtab_distinct, sqlite3_vtab_rhs_value).
#define OLDEST_HOST 3038000

int tapedeck_host_version(void) { return sqlite3_api ? sqlite3_api->libversion_number() : 0; }

__attribute__((visibility("default")))
int sqlite3_tapedeck_init(sqlite3 *database, char **message, const sqlite3_api_routines *routines) {
    SQLITE_EXTENSION_INIT2(routines);
    if (tapedeck_host_version() < OLDEST_HOST) {
        *message = sqlite3_api->mprintf("tapedeck needs SQLite 3.38 or newer; this is %s", sqlite3_api->libversion());
        return SQLITE_ERROR;
    }
    return tapedeck_register(database, message);
}
