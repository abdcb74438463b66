// What a model writes, taken apart while it is written: thinking, text and tool calls, told by the
// markup that the model's chat template has taught it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

struct OutputRegion;

struct OutputPart {
    enum class Kind { thinking, text, tool_call };

    Kind kind = Kind::text;
    std::string text; ///< of thinking and text; trimmed where markup surrounds it
    std::string name; ///< of the tool that is called
    std::string arguments; ///< for the tool, JSON
    std::string id; ///< of the call, empty where the format has none

    bool operator==(const OutputPart&) const = default;
};

/// The markup to expect: rows of the table in engine/chat/output_formats.cpp.
class OutputFormat {
public:
    /// What this chat template uses. <think> is always part of it.
    [[nodiscard]] static OutputFormat of_template(std::string_view chat_template);

    [[nodiscard]] const std::vector<const OutputRegion*>& regions() const { return regions_; }
    /// An answer that is nothing but {"name": …, "parameters": …} is a tool call.
    [[nodiscard]] bool has_bare_calls() const { return has_bare_calls_; }

private:
    std::vector<const OutputRegion*> regions_;
    bool has_bare_calls_ = false;
};

/// However the text is cut into pieces, the parts come out the same; never does one hold part of a tag.
/// What looks like a tool call but cannot be read stays text.
class OutputParser {
public:
    /// `prompt` is what the model was given: its end tells if a tag is open already.
    explicit OutputParser(OutputFormat format, std::string_view prompt = {});

    /// More of the answer, complete UTF-8 characters.
    void append(std::string_view text);
    /// The answer ends here: releases what was held back as the possible beginning of a tag.
    void finish();

    /// So far. Only the last part changes, and it only grows; the exception is a first text that turns
    /// out to be thinking when it meets the end of a thought whose beginning nobody has seen.
    [[nodiscard]] const std::vector<OutputPart>& parts() const { return parts_; }

private:
    enum class Input { more_to_come, complete };
    struct Scan;

    void consume(Input input);
    [[nodiscard]] bool step(Input input);
    [[nodiscard]] bool step_outside(Input input);
    [[nodiscard]] bool step_inside(Input input);
    [[nodiscard]] bool step_bare_call(Input input);
    [[nodiscard]] Scan scan(Input input) const;
    [[nodiscard]] std::vector<std::string_view> markers() const;

    void enter(const OutputRegion& region, std::string_view opening);
    void leave(std::string_view closing);
    void end_header();
    [[nodiscard]] std::string take(size_t count);
    void add_content(std::string_view text);
    void add_text(OutputPart::Kind kind, std::string_view text);
    [[nodiscard]] bool add_calls(std::vector<OutputPart> calls);
    void end_part();
    void end_unseen_thought(std::string_view closing);

    OutputFormat format_;
    std::vector<OutputPart> parts_;
    std::string pending_; ///< not yet interpreted
    std::string gap_; ///< blanks behind the last part that belong to it if more follows
    bool part_open_ = false; ///< text of the same kind goes on with the last part
    bool seen_markup_ = false;
    bool may_be_bare_call_ = false; ///< nothing but the beginning of a bare call has come

    const OutputRegion* region_ = nullptr; ///< being read; null for plain text
    std::string_view opening_; ///< of the region, as the model has written it
    std::string payload_; ///< content of a tool call or header
    std::string header_; ///< in front of the message being read
};

} // namespace rocmforge
