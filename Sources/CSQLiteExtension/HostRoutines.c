// The routines of SQLite that this library calls, each handed on to the host's; see Extension.c. A routine that is missing
// here would be looked for in another copy of SQLite: `nm -D --undefined-only` must show none.

#pragma GCC visibility push(hidden)

#include <stdarg.h>

#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT3

#undef sqlite3_aggregate_context
void *sqlite3_aggregate_context(sqlite3_context *a, int b) {
    return sqlite3_api->aggregate_context(a, b);
}

#undef sqlite3_bind_blob
int sqlite3_bind_blob(sqlite3_stmt *a, int b, const void *c, int d, void(*e)(void *)) {
    return sqlite3_api->bind_blob(a, b, c, d, e);
}

#undef sqlite3_bind_double
int sqlite3_bind_double(sqlite3_stmt *a, int b, double c) {
    return sqlite3_api->bind_double(a, b, c);
}

#undef sqlite3_bind_int64
int sqlite3_bind_int64(sqlite3_stmt *a, int b, sqlite3_int64 c) {
    return sqlite3_api->bind_int64(a, b, c);
}

#undef sqlite3_bind_null
int sqlite3_bind_null(sqlite3_stmt *a, int b) {
    return sqlite3_api->bind_null(a, b);
}

#undef sqlite3_bind_text
int sqlite3_bind_text(sqlite3_stmt *a, int b, const char *c, int d, void(*e)(void *)) {
    return sqlite3_api->bind_text(a, b, c, d, e);
}

#undef sqlite3_bind_zeroblob
int sqlite3_bind_zeroblob(sqlite3_stmt *a, int b, int c) {
    return sqlite3_api->bind_zeroblob(a, b, c);
}

#undef sqlite3_blob_bytes
int sqlite3_blob_bytes(sqlite3_blob *a) {
    return sqlite3_api->blob_bytes(a);
}

#undef sqlite3_blob_close
int sqlite3_blob_close(sqlite3_blob *a) {
    return sqlite3_api->blob_close(a);
}

#undef sqlite3_blob_open
int sqlite3_blob_open(sqlite3 *a, const char *b, const char *c, const char *d, sqlite3_int64 e, int f, sqlite3_blob **g) {
    return sqlite3_api->blob_open(a, b, c, d, e, f, g);
}

#undef sqlite3_blob_read
int sqlite3_blob_read(sqlite3_blob *a, void *b, int c, int d) {
    return sqlite3_api->blob_read(a, b, c, d);
}

#undef sqlite3_busy_timeout
int sqlite3_busy_timeout(sqlite3 *a, int b) {
    return sqlite3_api->busy_timeout(a, b);
}

#undef sqlite3_close_v2
int sqlite3_close_v2(sqlite3 *a) {
    return sqlite3_api->close_v2(a);
}

#undef sqlite3_column_blob
const void *sqlite3_column_blob(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_blob(a, b);
}

#undef sqlite3_column_bytes
int sqlite3_column_bytes(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_bytes(a, b);
}

#undef sqlite3_column_count
int sqlite3_column_count(sqlite3_stmt *a) {
    return sqlite3_api->column_count(a);
}

#undef sqlite3_column_double
double sqlite3_column_double(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_double(a, b);
}

#undef sqlite3_column_int64
sqlite3_int64 sqlite3_column_int64(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_int64(a, b);
}

#undef sqlite3_column_name
const char *sqlite3_column_name(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_name(a, b);
}

#undef sqlite3_column_text
const unsigned char *sqlite3_column_text(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_text(a, b);
}

#undef sqlite3_column_type
int sqlite3_column_type(sqlite3_stmt *a, int b) {
    return sqlite3_api->column_type(a, b);
}

#undef sqlite3_create_function_v2
int sqlite3_create_function_v2(sqlite3 *a, const char *b, int c, int d, void *e, void (*f)(sqlite3_context*,int,sqlite3_value**), void (*g)(sqlite3_context*,int,sqlite3_value**), void (*h)(sqlite3_context*), void(*i)(void *)) {
    return sqlite3_api->create_function_v2(a, b, c, d, e, f, g, h, i);
}

#undef sqlite3_create_module_v2
int sqlite3_create_module_v2(sqlite3 *a, const char *b, const sqlite3_module *c, void *d, void(*e)(void *)) {
    return sqlite3_api->create_module_v2(a, b, c, d, e);
}

#undef sqlite3_create_window_function
int sqlite3_create_window_function(sqlite3 *a, const char *b, int c, int d, void *e, void (*f)(sqlite3_context*,int,sqlite3_value**), void (*g)(sqlite3_context*), void (*h)(sqlite3_context*), void (*i)(sqlite3_context*,int,sqlite3_value**), void(*j)(void *)) {
    return sqlite3_api->create_window_function(a, b, c, d, e, f, g, h, i, j);
}

#undef sqlite3_db_filename
sqlite3_filename sqlite3_db_filename(sqlite3 *a, const char *b) {
    return sqlite3_api->db_filename(a, b);
}

#undef sqlite3_declare_vtab
int sqlite3_declare_vtab(sqlite3 *a, const char *b) {
    return sqlite3_api->declare_vtab(a, b);
}

#undef sqlite3_errmsg
const char *sqlite3_errmsg(sqlite3 *a) {
    return sqlite3_api->errmsg(a);
}

#undef sqlite3_error_offset
int sqlite3_error_offset(sqlite3 *a) {
    return sqlite3_api->error_offset(a);
}

#undef sqlite3_errstr
const char *sqlite3_errstr(int a) {
    return sqlite3_api->errstr(a);
}

#undef sqlite3_exec
int sqlite3_exec(sqlite3 *a, const char *b, int (*c)(void*,int,char**,char**), void *d, char **e) {
    return sqlite3_api->exec(a, b, c, d, e);
}

#undef sqlite3_extended_errcode
int sqlite3_extended_errcode(sqlite3 *a) {
    return sqlite3_api->extended_errcode(a);
}

#undef sqlite3_finalize
int sqlite3_finalize(sqlite3_stmt *a) {
    return sqlite3_api->finalize(a);
}

#undef sqlite3_free
void sqlite3_free(void *a) {
    sqlite3_api->free(a);
}

#undef sqlite3_get_autocommit
int sqlite3_get_autocommit(sqlite3 *a) {
    return sqlite3_api->get_autocommit(a);
}

#undef sqlite3_hard_heap_limit64
sqlite3_int64 sqlite3_hard_heap_limit64(sqlite3_int64 a) {
    return sqlite3_api->hard_heap_limit64(a);
}

#undef sqlite3_last_insert_rowid
sqlite3_int64 sqlite3_last_insert_rowid(sqlite3 *a) {
    return sqlite3_api->last_insert_rowid(a);
}

#undef sqlite3_limit
int sqlite3_limit(sqlite3 *a, int b, int c) {
    return sqlite3_api->limit(a, b, c);
}

#undef sqlite3_malloc64
void *sqlite3_malloc64(sqlite3_uint64 a) {
    return sqlite3_api->malloc64(a);
}

#undef sqlite3_open_v2
int sqlite3_open_v2(const char *a, sqlite3 **b, int c, const char *d) {
    return sqlite3_api->open_v2(a, b, c, d);
}

#undef sqlite3_prepare_v3
int sqlite3_prepare_v3(sqlite3 *a, const char *b, int c, unsigned int d, sqlite3_stmt **e, const char **f) {
    return sqlite3_api->prepare_v3(a, b, c, d, e, f);
}

#undef sqlite3_progress_handler
void sqlite3_progress_handler(sqlite3 *a, int b, int(*c)(void *), void *d) {
    sqlite3_api->progress_handler(a, b, c, d);
}

#undef sqlite3_reset
int sqlite3_reset(sqlite3_stmt *a) {
    return sqlite3_api->reset(a);
}

#undef sqlite3_result_blob
void sqlite3_result_blob(sqlite3_context *a, const void *b, int c, void(*d)(void *)) {
    sqlite3_api->result_blob(a, b, c, d);
}

#undef sqlite3_result_double
void sqlite3_result_double(sqlite3_context *a, double b) {
    sqlite3_api->result_double(a, b);
}

#undef sqlite3_result_error
void sqlite3_result_error(sqlite3_context *a, const char *b, int c) {
    sqlite3_api->result_error(a, b, c);
}

#undef sqlite3_result_error_code
void sqlite3_result_error_code(sqlite3_context *a, int b) {
    sqlite3_api->result_error_code(a, b);
}

#undef sqlite3_result_error_nomem
void sqlite3_result_error_nomem(sqlite3_context *a) {
    sqlite3_api->result_error_nomem(a);
}

#undef sqlite3_result_error_toobig
void sqlite3_result_error_toobig(sqlite3_context *a) {
    sqlite3_api->result_error_toobig(a);
}

#undef sqlite3_result_int64
void sqlite3_result_int64(sqlite3_context *a, sqlite3_int64 b) {
    sqlite3_api->result_int64(a, b);
}

#undef sqlite3_result_null
void sqlite3_result_null(sqlite3_context *a) {
    sqlite3_api->result_null(a);
}

#undef sqlite3_result_text
void sqlite3_result_text(sqlite3_context *a, const char *b, int c, void(*d)(void *)) {
    sqlite3_api->result_text(a, b, c, d);
}

#undef sqlite3_result_zeroblob
void sqlite3_result_zeroblob(sqlite3_context *a, int b) {
    sqlite3_api->result_zeroblob(a, b);
}

#undef sqlite3_set_authorizer
int sqlite3_set_authorizer(sqlite3 *a, int (*b)(void*,int,const char*,const char*,const char*,const char*), void *c) {
    return sqlite3_api->set_authorizer(a, b, c);
}

#undef sqlite3_step
int sqlite3_step(sqlite3_stmt *a) {
    return sqlite3_api->step(a);
}

#undef sqlite3_stmt_isexplain
int sqlite3_stmt_isexplain(sqlite3_stmt *a) {
    return sqlite3_api->stmt_isexplain(a);
}

#undef sqlite3_stmt_readonly
int sqlite3_stmt_readonly(sqlite3_stmt *a) {
    return sqlite3_api->stmt_readonly(a);
}

#undef sqlite3_user_data
void *sqlite3_user_data(sqlite3_context *a) {
    return sqlite3_api->user_data(a);
}

#undef sqlite3_value_blob
const void *sqlite3_value_blob(sqlite3_value *a) {
    return sqlite3_api->value_blob(a);
}

#undef sqlite3_value_bytes
int sqlite3_value_bytes(sqlite3_value *a) {
    return sqlite3_api->value_bytes(a);
}

#undef sqlite3_value_double
double sqlite3_value_double(sqlite3_value *a) {
    return sqlite3_api->value_double(a);
}

#undef sqlite3_value_int64
sqlite3_int64 sqlite3_value_int64(sqlite3_value *a) {
    return sqlite3_api->value_int64(a);
}

#undef sqlite3_value_numeric_type
int sqlite3_value_numeric_type(sqlite3_value *a) {
    return sqlite3_api->value_numeric_type(a);
}

#undef sqlite3_value_text
const unsigned char *sqlite3_value_text(sqlite3_value *a) {
    return sqlite3_api->value_text(a);
}

#undef sqlite3_value_type
int sqlite3_value_type(sqlite3_value *a) {
    return sqlite3_api->value_type(a);
}

#undef sqlite3_vtab_collation
SQLITE_EXPERIMENTAL const char *sqlite3_vtab_collation(sqlite3_index_info *a, int b) {
    return sqlite3_api->vtab_collation(a, b);
}

#undef sqlite3_vtab_distinct
int sqlite3_vtab_distinct(sqlite3_index_info *a) {
    return sqlite3_api->vtab_distinct(a);
}

#undef sqlite3_vtab_in
int sqlite3_vtab_in(sqlite3_index_info *a, int b, int c) {
    return sqlite3_api->vtab_in(a, b, c);
}

#undef sqlite3_vtab_in_first
int sqlite3_vtab_in_first(sqlite3_value *a, sqlite3_value **b) {
    return sqlite3_api->vtab_in_first(a, b);
}

#undef sqlite3_vtab_in_next
int sqlite3_vtab_in_next(sqlite3_value *a, sqlite3_value **b) {
    return sqlite3_api->vtab_in_next(a, b);
}

#undef sqlite3_vtab_rhs_value
int sqlite3_vtab_rhs_value(sqlite3_index_info *a, int b, sqlite3_value **c) {
    return sqlite3_api->vtab_rhs_value(a, b, c);
}

// Of the variable arguments only the form that the library uses: a number and where to put the old one.
#undef sqlite3_db_config
int sqlite3_db_config(sqlite3 *a, int b, ...) {
    va_list arguments;
    va_start(arguments, b);
    int value = va_arg(arguments, int);
    int *old = va_arg(arguments, int *);
    va_end(arguments);
    return sqlite3_api->db_config(a, b, value, old);
}
