#include "search.h"

#include "unicode.h"

#include <algorithm>
#include <cstring>

namespace rocmforge::jinja {

namespace {

/// Replacing an empty pattern puts the replacement before every character and at the end.
std::string interleave(std::string_view text, std::string_view replacement, size_t most)
{
    std::string out;
    size_t at = 0;
    for (size_t done = 0; done < most; ++done) {
        out += replacement;
        if (at == text.size())
            return out;
        const size_t bytes = character_at(text, at).bytes;
        out += text.substr(at, bytes);
        at += bytes;
    }
    out += text.substr(at);
    return out;
}

} // namespace

size_t find(Budget& budget, std::string_view text, std::string_view pattern, size_t from)
{
    if (from > text.size())
        return npos;
    // Unlike std::string::find, glibc's two-way search is linear for every text and pattern.
    const void* found = memmem(text.data() + from, text.size() - from, pattern.data(), pattern.size());
    const size_t at = found ? static_cast<size_t>(static_cast<const char*>(found) - text.data()) : npos;
    budget.scan(std::min(at, text.size()) - from + pattern.size());
    return at;
}

size_t find_last(Budget& budget, std::string_view text, std::string_view pattern)
{
    const std::string reversed_text(text.rbegin(), text.rend());
    const std::string reversed_pattern(pattern.rbegin(), pattern.rend());
    const size_t at = find(budget, reversed_text, reversed_pattern);
    budget.scan(text.size() + pattern.size());
    return at == npos ? npos : text.size() - at - pattern.size();
}

size_t count(Budget& budget, std::string_view text, std::string_view pattern)
{
    if (pattern.empty())
        return count_characters(text) + 1;
    size_t occurrences = 0;
    for (size_t at = find(budget, text, pattern); at != npos;
         at = find(budget, text, pattern, at + pattern.size()))
        ++occurrences;
    return occurrences;
}

std::string replace(Budget& budget, std::string_view text, std::string_view pattern,
                    std::string_view replacement, int64_t most)
{
    const size_t limit = most < 0 ? npos : static_cast<size_t>(most);
    const size_t occurrences = std::min(count(budget, text, pattern), limit);
    budget.allocate(occurrences, replacement.size());
    if (pattern.empty())
        return interleave(text, replacement, occurrences);
    std::string out;
    size_t at = 0;
    for (size_t done = 0; done < occurrences; ++done) {
        const size_t next = find(budget, text, pattern, at);
        out += text.substr(at, next - at);
        out += replacement;
        at = next + pattern.size();
    }
    out += text.substr(at);
    return out;
}

} // namespace rocmforge::jinja
