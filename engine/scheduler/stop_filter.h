// Ends an answer before the first stop string, wherever token borders fall: text that may be the
// beginning of one is held back until the next text decides.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

class StopFilter {
public:
    /// Empty strings are ignored.
    explicit StopFilter(std::vector<std::string> stops);

    /// The text that can be shown now. Nothing more comes once stopped().
    [[nodiscard]] std::string push(std::string_view text);
    /// A stop string was met.
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// What is held back, when no more text comes.
    [[nodiscard]] std::string finish();

private:
    [[nodiscard]] size_t first_stop() const;
    [[nodiscard]] size_t possible_beginning() const;

    std::vector<std::string> stops_;
    std::string held_;
    bool stopped_ = false;
};

} // namespace rocmforge
