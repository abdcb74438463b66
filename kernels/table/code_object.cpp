#include "kernels/table/code_object.h"

#include <charconv>
#include <unordered_map>

namespace rocmforge::kernels {
namespace {

/// Calls visit(line) for each line, without its end.
template <typename Visit> void for_each_line(std::string_view text, Visit visit)
{
    while (!text.empty()) {
        const size_t end = text.find('\n');
        visit(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

std::string_view trimmed(std::string_view text)
{
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <typename Integer> bool parse(std::string_view text, Integer& value, int base)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size();
}

/// One list entry per kernel, which begins with a dash; its fields are "    .key: value". What kernels
/// are given is a list within, deeper.
std::vector<Kernel> parse_notes(std::string_view notes)
{
    std::vector<Kernel> kernels;
    for_each_line(notes, [&](std::string_view line) {
        if (line.starts_with("  - "))
            kernels.emplace_back();
        else if (!line.starts_with("    ."))
            return;
        const std::string_view field = line.substr(4);
        const size_t colon = field.find(':');
        if (kernels.empty() || !field.starts_with('.') || colon == std::string_view::npos)
            return;
        const std::string_view key = field.substr(1, colon - 1), value = trimmed(field.substr(colon + 1));
        int number = 0;
        if (key == "name")
            kernels.back().name = value;
        else if (parse(value, number, 10))
            kernels.back().metadata.emplace(key, number);
    });
    std::erase_if(kernels, [](const Kernel& kernel) { return kernel.name.empty(); });
    return kernels;
}

/// "<kernel+0x210>" at the end of a line → 0x210; -1 where there is none.
int64_t branch_target(std::string_view comment)
{
    const size_t plus = comment.rfind("+0x");
    if (!comment.ends_with('>'))
        return -1;
    if (plus == std::string_view::npos)
        return comment.find('<') != std::string_view::npos ? 0 : -1;
    int64_t target = -1;
    return parse(comment.substr(plus + 3, comment.size() - plus - 4), target, 16) ? target : -1;
}

/// Functions are headed "0000000000004400 <name>:"; instructions are "\ttext // 000000004404: code".
class CodeReader {
public:
    void read(std::string_view line)
    {
        if (line.ends_with(">:"))
            begin(line);
        else if (line.starts_with('\t') && code_)
            add(line);
    }
    std::unordered_map<std::string, std::vector<Instruction>> functions;

private:
    void begin(std::string_view line)
    {
        const size_t open = line.find('<');
        const bool known = parse(line.substr(0, line.find(' ')), start_, 16);
        code_ = known ? &functions[std::string(line.substr(open + 1, line.size() - open - 3))] : nullptr;
    }

    void add(std::string_view line)
    {
        const size_t slashes = line.find("//");
        if (slashes == std::string_view::npos)
            return;
        const std::string_view comment = trimmed(line.substr(slashes + 2));
        int64_t address = 0;
        if (parse(comment.substr(0, comment.find(':')), address, 16))
            code_->push_back(
                {std::string(trimmed(line.substr(0, slashes))), address - start_, branch_target(comment)});
    }

    int64_t start_ = 0;
    std::vector<Instruction>* code_ = nullptr; ///< of the function being read
};

} // namespace

std::vector<Kernel> parse_kernels(std::string_view notes, std::string_view disassembly)
{
    CodeReader reader;
    for_each_line(disassembly, [&](std::string_view line) { reader.read(line); });
    std::vector<Kernel> kernels = parse_notes(notes);
    for (Kernel& kernel : kernels)
        kernel.code = std::move(reader.functions[kernel.name]);
    return kernels;
}

} // namespace rocmforge::kernels
