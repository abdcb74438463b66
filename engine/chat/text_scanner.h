// Walks through text from marker to marker.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace rocmforge {

class TextScanner {
public:
    explicit TextScanner(std::string_view text)
        : rest_(text)
    {
    }

    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    /// The text in front of the marker, and moves behind it. None, and no move, without a marker.
    std::optional<std::string_view> take_until(std::string_view marker)
    {
        if (rest_.find(marker) == std::string_view::npos)
            return std::nullopt;
        return take_up_to(marker);
    }
    /// As take_until(); without a marker all that is left.
    std::string_view take_up_to(std::string_view marker)
    {
        const size_t at = std::min(rest_.find(marker), rest_.size());
        const std::string_view taken = rest_.substr(0, at);
        rest_.remove_prefix(std::min(at + marker.size(), rest_.size()));
        return taken;
    }
    bool skip_past(std::string_view marker) { return take_until(marker).has_value(); }

private:
    std::string_view rest_;
};

inline constexpr std::string_view blanks = " \t\r\n";

[[nodiscard]] inline std::string_view without_leading_blanks(std::string_view text)
{
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

[[nodiscard]] inline std::string_view without_trailing_blanks(std::string_view text)
{
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

[[nodiscard]] inline std::string_view trimmed(std::string_view text)
{
    return without_leading_blanks(without_trailing_blanks(text));
}

/// Without one newline at each end.
[[nodiscard]] inline std::string_view without_outer_newlines(std::string_view text)
{
    if (text.starts_with('\n'))
        text.remove_prefix(1);
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

} // namespace rocmforge
