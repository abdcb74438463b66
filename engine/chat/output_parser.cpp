#include "chat/output_formats.h"
#include "chat/text_scanner.h"
#include "chat/tool_calls.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rocmforge {

namespace {

using Kind = OutputPart::Kind;
using Content = OutputRegion::Content;

constexpr size_t max_header = 256; // bytes; what is longer was no header

/// Length of the longest end of the text that is a beginning, but not all, of the marker.
size_t partial_match(std::string_view text, std::string_view marker)
{
    for (size_t length = std::min(text.size(), marker.size() - 1); length > 0; --length) {
        if (text.ends_with(marker.substr(0, length)))
            return length;
    }
    return 0;
}

bool opens(const OutputRegion& region, std::string_view prompt)
{
    const std::string_view end = without_trailing_blanks(prompt);
    if (region.content == Content::thinking)
        return end.ends_with(region.opening);
    return !region.open_prompt.empty() && end.ends_with(region.open_prompt);
}

} // namespace

/// How much of the pending text can be interpreted: what stands in front of the first marker, or of
/// what may yet become one.
struct OutputParser::Scan {
    size_t text = 0; ///< bytes
    std::string_view marker; ///< behind it; empty if there is none
};

OutputParser::OutputParser(OutputFormat format, std::string_view prompt)
    : format_(std::move(format))
    , may_be_bare_call_(format_.has_bare_calls())
{
    for (const OutputRegion* region : format_.regions()) {
        if (opens(*region, prompt))
            enter(*region, {});
    }
}

void OutputParser::append(std::string_view text)
{
    pending_ += text;
    consume(Input::more_to_come);
}

void OutputParser::finish()
{
    consume(Input::complete);
    if (part_open_ && parts_.back().kind == Kind::text)
        parts_.back().text += gap_;
    gap_.clear();
    if (region_)
        leave({});
}

void OutputParser::consume(Input input)
{
    while (!pending_.empty() && step(input)) { }
}

/// Interprets some of the pending text. False when it has to wait for more.
bool OutputParser::step(Input input)
{
    if (may_be_bare_call_)
        return step_bare_call(input);
    return region_ ? step_inside(input) : step_outside(input);
}

bool OutputParser::step_bare_call(Input input)
{
    const bool possible = may_be_bare_call(pending_);
    if (possible && input == Input::more_to_come)
        return false;
    may_be_bare_call_ = false;
    if (possible && add_calls(parse_tool_calls(CallSyntax::tagged, pending_)))
        pending_.clear();
    return true;
}

bool OutputParser::step_outside(Input input)
{
    const Scan found = scan(input);
    add_text(Kind::text, take(found.text));
    if (found.marker.empty())
        return false;
    (void)take(found.marker.size());
    const auto opened = std::ranges::find(format_.regions(), found.marker, &OutputRegion::opening);
    if (opened != format_.regions().end())
        enter(**opened, found.marker);
    else
        end_unseen_thought(found.marker);
    return true;
}

bool OutputParser::step_inside(Input input)
{
    const Scan found = scan(input);
    const bool is_header = region_->content == Content::header;
    if (is_header && payload_.size() + found.text > max_header) {
        payload_ += take(max_header - payload_.size());
        leave({});
        return true;
    }
    add_content(take(found.text));
    if (found.marker.empty())
        return false;
    // What opens the next message ends this one, and is read again outside.
    const bool opens_next =
        std::ranges::find(format_.regions(), found.marker, &OutputRegion::opening) != format_.regions().end();
    if (!opens_next)
        (void)take(found.marker.size());
    is_header ? end_header() : leave(found.marker);
    return true;
}

OutputParser::Scan OutputParser::scan(Input input) const
{
    Scan first{pending_.size(), {}};
    size_t held_back = 0;
    for (const std::string_view marker : markers()) {
        const size_t at = pending_.find(marker);
        if (at < first.text || (at == first.text && marker.size() > first.marker.size()))
            first = {at, marker};
        held_back = std::max(held_back, partial_match(pending_, marker));
    }
    if (first.marker.empty() && input == Input::more_to_come)
        first.text -= held_back;
    return first;
}

/// What can end the text or region being read.
std::vector<std::string_view> OutputParser::markers() const
{
    std::vector<std::string_view> markers;
    const auto add_closings = [&](const OutputRegion& region) {
        std::ranges::copy_if(region.closings, std::back_inserter(markers),
                             [](std::string_view closing) { return !closing.empty(); });
    };
    if (region_) {
        add_closings(*region_);
        return markers;
    }
    for (const OutputRegion* region : format_.regions()) {
        markers.push_back(region->opening);
        if (region->content == Content::thinking)
            add_closings(*region);
    }
    return markers;
}

void OutputParser::enter(const OutputRegion& region, std::string_view opening)
{
    region_ = &region;
    opening_ = opening;
    payload_.clear();
    if (region.content == Content::thinking || region.content == Content::text)
        end_part();
}

/// What was to be a tool call or a header and is none is text.
void OutputParser::leave(std::string_view closing)
{
    const OutputRegion& region = *std::exchange(region_, nullptr);
    if (region.content == Content::thinking || region.content == Content::text)
        return end_part();
    const std::string payload = std::exchange(payload_, {});
    const bool is_call = region.content == Content::tool_call;
    if (is_call && add_calls(parse_tool_calls(region.syntax, header_ + payload)))
        return;
    add_text(Kind::text, std::string(opening_) + payload + std::string(opening_.empty() ? "" : closing));
}

void OutputParser::end_header()
{
    header_ = std::exchange(payload_, {});
    const OutputRegion& message = message_behind(header_);
    header_ += "<|message|>";
    enter(message, {});
    end_part();
}

std::string OutputParser::take(size_t count)
{
    std::string taken = pending_.substr(0, count);
    pending_.erase(0, count);
    return taken;
}

void OutputParser::add_content(std::string_view text)
{
    if (region_->content == Content::thinking)
        add_text(Kind::thinking, text);
    else if (region_->content == Content::text)
        add_text(Kind::text, text);
    else
        payload_ += text;
}

/// Blanks around a part are dropped, but not at the beginning of an answer without markup.
void OutputParser::add_text(Kind kind, std::string_view text)
{
    if (part_open_ && parts_.back().kind != kind)
        end_part();
    std::string_view body = without_trailing_blanks(text);
    const std::string_view blanks_behind = text.substr(body.size());
    if (!part_open_ && seen_markup_)
        body = without_leading_blanks(body);
    if (!body.empty() && !part_open_) {
        parts_.push_back({kind, {}, {}, {}, {}});
        part_open_ = true;
    }
    if (!body.empty())
        (parts_.back().text += std::exchange(gap_, {})) += body;
    if (part_open_ || !seen_markup_)
        gap_ += blanks_behind;
}

bool OutputParser::add_calls(std::vector<OutputPart> calls)
{
    if (calls.empty())
        return false;
    end_part();
    std::ranges::move(calls, std::back_inserter(parts_));
    return true;
}

void OutputParser::end_part()
{
    part_open_ = false;
    seen_markup_ = true;
    gap_.clear();
}

/// The prompt, or markup that nobody showed us, began the thought that ends here.
void OutputParser::end_unseen_thought(std::string_view closing)
{
    const bool only_text = parts_.size() == 1 && parts_.front().kind == Kind::text;
    if (seen_markup_ || (!parts_.empty() && !only_text))
        return add_text(Kind::text, closing);
    for (OutputPart& part : parts_)
        part = {Kind::thinking, std::string(trimmed(part.text)), {}, {}, {}};
    end_part();
}

} // namespace rocmforge
