// RE2 for Swift: Go's regular expressions (linear time, UTF-8, Perl classes), unanchored, over bytes.
// Thread-safe: a compiled pattern may be matched by any number of threads. No exceptions leave these functions.
#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. Owned by whoever compiled it, until cre2_free.
typedef struct cre2_pattern cre2_pattern;

/// Part of a text: `start` and `length` in bytes; start is -1 for a group that took no part in the match.
typedef struct {
    ptrdiff_t start;
    size_t length;
} cre2_span;

/// Compiles a pattern.
/// - problem: receives a NUL-terminated text (cut to problem_size) when the pattern is refused.
/// - Returns: NULL when the pattern is refused or memory is short.
cre2_pattern *cre2_compile(const char *pattern, size_t length, char *problem, size_t problem_size);

void cre2_free(cre2_pattern *pattern);

/// The number of capture groups, without the whole match.
int cre2_groups(const cre2_pattern *pattern);

/// Looks for the pattern anywhere in the text.
/// - spans: receives the whole match and then the groups, `count` of them; count may be 0.
/// - Returns: 1 found, 0 not found.
int cre2_match(const cre2_pattern *pattern, const char *text, size_t length, cre2_span *spans, int count);

#ifdef __cplusplus
}
#endif
#endif
