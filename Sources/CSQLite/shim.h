#ifndef TAPEDECK_CSQLITE_H
#define TAPEDECK_CSQLITE_H

#include <sqlite3.h>

// What Swift cannot import: a function-pointer cast, and variadic configuration calls.

static inline int tapedeck_sqlite3_bind_blob_transient(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int tapedeck_sqlite3_bind_text_transient(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

#endif
