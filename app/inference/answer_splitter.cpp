#include "inference/answer_splitter.h"

#include <utility>

namespace {

using rocmforge::OutputPart;

void join(std::string& text, const std::string& more)
{
    if (!text.empty() && !more.empty())
        text += "\n\n";
    text += more;
}

std::string callBlock(const OutputPart& call)
{
    return "```json\n{\"name\": \"" + call.name + "\", \"arguments\": " + call.arguments + "}\n```";
}

AnswerParts collect(const std::vector<OutputPart>& parts)
{
    AnswerParts all;
    for (const OutputPart& part : parts) {
        if (part.kind == OutputPart::Kind::thinking)
            join(all.thinking, part.text);
        else
            join(all.text, part.kind == OutputPart::Kind::text ? part.text : callBlock(part));
    }
    return all;
}

} // namespace

AnswerSplitter::AnswerSplitter(std::string_view chatTemplate, std::string_view prompt,
                               const AnswerParts& begun)
    : m_parser(rocmforge::OutputFormat::of_template(chatTemplate), prompt)
    , m_told(begun)
{
    m_parser.append(asOutput(begun));
}

void AnswerSplitter::append(std::string_view output)
{
    m_parser.append(output);
}

void AnswerSplitter::finish()
{
    m_parser.finish();
}

AnswerSplitter::News AnswerSplitter::takeNews()
{
    AnswerParts now = collect(m_parser.parts());
    News news;
    news.replaces = !now.thinking.starts_with(m_told.thinking) || !now.text.starts_with(m_told.text);
    if (news.replaces)
        news.parts = now;
    else
        news.parts = {now.thinking.substr(m_told.thinking.size()), now.text.substr(m_told.text.size())};
    m_told = std::move(now);
    return news;
}

std::string asOutput(const AnswerParts& begun)
{
    if (begun.thinking.empty())
        return begun.text;
    std::string output = "<think>\n" + begun.thinking;
    if (!begun.text.empty())
        output += "\n</think>\n\n" + begun.text;
    return output;
}
