#include "CRE2.h"

#include <re2/re2.h>

#include <cstring>
#include <memory>
#include <new>
#include <vector>

struct cre2_pattern {
    RE2 expression;
    cre2_pattern(const re2::StringPiece &text, const RE2::Options &options) : expression(text, options) {}
};

namespace {

// Enough for what Go takes within its own limits (x{1000} of a large class); most patterns need a few KiB of it.
constexpr int64_t kSmallMemory = 8 << 20;
constexpr int64_t kLargeMemory = 64 << 20;

void report(const char *text, char *problem, size_t size) {
    if (problem == nullptr || size == 0) return;
    std::strncpy(problem, text, size - 1);
    problem[size - 1] = '\0';
}

// RE2's default syntax is Go's, but for `\C` (any byte), which Go refuses.
RE2::Options options(int64_t memory) {
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingUTF8);
    options.set_log_errors(false);
    options.set_max_mem(memory);
    return options;
}

}  // namespace

extern "C" cre2_pattern *cre2_compile(const char *pattern, size_t length, char *problem, size_t problem_size) {
    try {
        re2::StringPiece text(pattern, length);
        auto compiled = std::make_unique<cre2_pattern>(text, options(kSmallMemory));
        if (compiled->expression.error_code() == RE2::ErrorPatternTooLarge) {
            compiled = std::make_unique<cre2_pattern>(text, options(kLargeMemory));
        }
        if (compiled->expression.ok()) return compiled.release();
        report(compiled->expression.error().c_str(), problem, problem_size);
    } catch (const std::exception &) {
        report("out of memory", problem, problem_size);
    }
    return nullptr;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" int cre2_groups(const cre2_pattern *pattern) { return pattern->expression.NumberOfCapturingGroups(); }

extern "C" int cre2_match(const cre2_pattern *pattern, const char *text, size_t length, cre2_span *spans, int count) {
    try {
        re2::StringPiece subject(text, length);
        std::vector<re2::StringPiece> groups(count > 0 ? static_cast<size_t>(count) : 0);
        if (!pattern->expression.Match(subject, 0, length, RE2::UNANCHORED, groups.data(), count)) return 0;
        for (int index = 0; index < count; index++) {
            const auto &group = groups[static_cast<size_t>(index)];
            bool took_part = group.data() != nullptr;
            spans[index].start = took_part ? group.data() - text : -1;
            spans[index].length = took_part ? group.size() : 0;
        }
        return 1;
    } catch (const std::exception &) {
        return 0;
    }
}
