// Byte-level BPE cuts text into pieces (words, numbers, white space) before it merges; how, is
// given by regular expressions published with each model family and named by `tokenizer.ggml.pre`.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;

namespace rocmforge {

/// One expression; each is applied to the pieces the former ones left. Its matches and the text
/// between them become pieces.
struct SplitStep {
    enum class Match {
        whole, ///< one piece
        threes_from_right, ///< pieces of three characters counted from the match's end
    };
    std::string_view expression;
    Match match = Match::whole;
};

/// One row of the table.
struct PreTokenizerRule {
    std::string_view name; ///< of `tokenizer.ggml.pre`
    std::span<const SplitStep> steps;
    bool ignore_merges = false; ///< a piece that is a token stays one, whatever the merges say
    bool add_bos = false; ///< where the file is silent
};

/// The row called `name`, or nullptr.
[[nodiscard]] const PreTokenizerRule* find_pretokenizer(std::string_view name);
[[nodiscard]] std::span<const PreTokenizerRule> pretokenizers();

class PreTokenizer {
public:
    [[nodiscard]] static Result<PreTokenizer> create(std::span<const SplitStep> steps);

    /// The pieces in order; joined they are `text`, whatever bytes it holds. Bytes that are no UTF-8
    /// are pieces of their own. Any thread.
    [[nodiscard]] std::vector<std::string_view> split(std::string_view text) const;

private:
    class Matcher;
    struct FreeCode {
        void operator()(pcre2_real_code_8* code) const;
    };
    struct Step {
        std::unique_ptr<pcre2_real_code_8, FreeCode> code;
        SplitStep::Match match;

        void apply(std::string_view piece, Matcher& matcher, std::vector<std::string_view>& out) const;
    };

    std::vector<Step> steps_;
};

} // namespace rocmforge
