// Tells a model's thinking from its answer while the tokens arrive, whatever markup it uses.
#pragma once

#include <rocmforge/output_parser.h>

#include <string>
#include <string_view>

struct AnswerParts {
    std::string thinking;
    std::string text; ///< Markdown; calls of tools are code blocks in it
};

class AnswerSplitter {
public:
    /// `prompt` is what the model was given up to the answer, `begun` the part of the answer that
    /// is there already.
    AnswerSplitter(std::string_view chatTemplate, std::string_view prompt, const AnswerParts& begun);

    void append(std::string_view output);
    void finish();

    struct News {
        AnswerParts parts; ///< more of each; all of each if `replaces`
        bool replaces = false; ///< what was told before turned out to be something else
    };
    /// What is new since the last call.
    [[nodiscard]] News takeNews();

private:
    rocmforge::OutputParser m_parser;
    AnswerParts m_told;
};

/// The beginning of an answer in the markup most models know.
[[nodiscard]] std::string asOutput(const AnswerParts& begun);
