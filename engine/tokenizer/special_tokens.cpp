#include "tokenizer/special_tokens.h"

#include "tokenizer/vocabulary.h"

namespace rocmforge {

namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";

std::string_view without_trailing_space(std::string_view text)
{
    return text.substr(0, text.find_last_not_of(white_space) + 1);
}

size_t leading_space(std::string_view text)
{
    return std::min(text.find_first_not_of(white_space), text.size());
}

} // namespace

SpecialTokenSplitter::SpecialTokenSplitter(const Vocabulary& vocabulary)
    : strips_left_(vocabulary.size())
    , strips_right_(vocabulary.size())
{
    std::vector<Trie::Entry> always, parsed;
    for (int32_t token = 0; token < vocabulary.size(); ++token) {
        const TokenType type = vocabulary.type(token);
        const bool user_defined = type == TokenType::user_defined;
        if (!user_defined && type != TokenType::control && type != TokenType::unknown)
            continue;
        const std::string_view text = vocabulary.text(token);
        parsed.emplace_back(text, token);
        if (user_defined)
            always.emplace_back(text, token);
        strips_left_[token] = vocabulary.strips_left(token);
        strips_right_[token] = vocabulary.strips_right(token);
    }
    const auto make_set = [](std::vector<Trie::Entry> entries) {
        Set set;
        for (const Trie::Entry& entry : entries)
            if (!entry.first.empty())
                set.begins[uint8_t(entry.first.front())] = true;
        set.trie = Trie(std::move(entries));
        return set;
    };
    always_ = make_set(std::move(always));
    parsed_ = make_set(std::move(parsed));
}

std::vector<SpecialTokenSplitter::Fragment> SpecialTokenSplitter::split(std::string_view text,
                                                                        SpecialText special_text) const
{
    const Set& set = special_text == SpecialText::parse ? parsed_ : always_;
    std::vector<Fragment> fragments;
    size_t begin = 0; // of the text since the last special token
    for (size_t at = 0; at < text.size();) {
        const Trie::Match match =
            set.begins[uint8_t(text[at])] ? set.trie.longest_prefix(text.substr(at)) : Trie::Match{};
        if (match.length == 0) {
            ++at;
            continue;
        }
        std::string_view before = text.substr(begin, at - begin);
        if (strips_left_[match.value])
            before = without_trailing_space(before);
        if (!before.empty())
            fragments.push_back({before});
        fragments.push_back({text.substr(at, match.length), match.value});
        at += match.length;
        if (strips_right_[match.value])
            at += leading_space(text.substr(at));
        begin = at;
    }
    if (begin < text.size())
        fragments.push_back({text.substr(begin)});
    return fragments;
}

} // namespace rocmforge
