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

static inline void tapedeck_sqlite3_result_text_transient(sqlite3_context *context, const char *text, int count) {
    sqlite3_result_text(context, text, count, SQLITE_TRANSIENT);
}

static inline void tapedeck_sqlite3_result_blob_transient(sqlite3_context *context, const void *bytes, int count) {
    sqlite3_result_blob(context, bytes, count, SQLITE_TRANSIENT);
}

static inline int tapedeck_sqlite3_set_flag(sqlite3 *connection, int flag, int value) {
    return sqlite3_db_config(connection, flag, value, (int *)0);
}

// SQLite lays its own part of a table and of a cursor first (https://www.sqlite.org/vtab.html); C guarantees that place.

typedef struct {
    sqlite3_vtab base;
    void *owner;
} tapedeck_table;

typedef struct {
    sqlite3_vtab_cursor base;
    void *owner;
} tapedeck_cursor;

#endif
