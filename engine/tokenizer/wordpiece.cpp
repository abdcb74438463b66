#include "tokenizer/wordpiece.h"

#include "tokenizer/spaces.h"
#include "tokenizer/utf8.h"

#include <utf8proc.h>

#include <array>

namespace rocmforge {

namespace {

constexpr std::string_view word_start = "▁";

enum class CharacterKind { dropped, space, alone, word };

bool is_cjk_ideograph(char32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

bool is_ascii_symbol(char32_t c)
{
    return std::u32string_view(U"$+<=>^`|~").contains(c);
}

CharacterKind kind_of(char32_t c)
{
    if (c == 0 || c == 0xFFFD)
        return CharacterKind::dropped;
    if (c == '\t' || c == '\n' || c == '\r')
        return CharacterKind::space;
    const utf8proc_category_t category = utf8proc_category(utf8proc_int32_t(c));
    switch (category) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return CharacterKind::space;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_MN: // accents, once they are taken apart
        return CharacterKind::dropped;
    default:
        break;
    }
    const bool punctuation = category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
    return punctuation || is_ascii_symbol(c) || is_cjk_ideograph(c) ? CharacterKind::alone
                                                                    : CharacterKind::word;
}

/// Calls `visit` with the lower-case characters that Unicode's canonical decomposition makes of `c`.
template <typename Visit> void for_each_base(char32_t c, const Visit& visit)
{
    std::array<utf8proc_int32_t, 8> parts{};
    int boundary_class = 0;
    const auto n = utf8proc_decompose_char(utf8proc_int32_t(c), parts.data(), utf8proc_ssize_t(parts.size()),
                                           UTF8PROC_DECOMPOSE, &boundary_class);
    for (utf8proc_ssize_t i = 0; i < std::min(n, utf8proc_ssize_t(parts.size())); ++i)
        visit(char32_t(utf8proc_tolower(parts[size_t(i)])));
}

/// Words in the form the vocabulary spells them.
class WordSplitter {
public:
    explicit WordSplitter(std::string_view text)
    {
        for (size_t at = 0; at < text.size();) {
            const utf8::Sequence sequence = utf8::next(text, at);
            for_each_base(sequence.code_point, [this](char32_t c) { add(c); });
            at += sequence.length;
        }
        finish_word();
    }

    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

private:
    void add(char32_t c)
    {
        const CharacterKind kind = kind_of(c);
        if (kind == CharacterKind::dropped)
            return;
        if (kind != CharacterKind::word)
            finish_word();
        if (kind != CharacterKind::space)
            utf8::append(word_, c);
        if (kind == CharacterKind::alone)
            finish_word();
    }

    void finish_word()
    {
        if (!word_.empty())
            words_.push_back(std::string(word_start) + word_);
        word_.clear();
    }

    std::vector<std::string> words_;
    std::string word_;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> WordPiece::create(const gguf::Metadata& metadata)
{
    TRY(auto vocabulary,
        Vocabulary::load(metadata, {.bos = 101, .unknown = 100, .separator = 102},
                         {.add_bos = true, .add_separator = true, .add_space_prefix = true}));
    return std::unique_ptr<Tokenizer>(new WordPiece(std::move(vocabulary)));
}

WordPiece::WordPiece(Vocabulary vocabulary)
    : VocabularyTokenizer(std::move(vocabulary))
{
    std::vector<Trie::Entry> entries;
    for (int32_t token = 0; token < this->vocabulary().size(); ++token)
        if (!this->vocabulary().is_special(token))
            entries.emplace_back(this->vocabulary().text(token), token);
    trie_ = Trie(std::move(entries));
}

void WordPiece::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    const WordSplitter splitter(text);
    for (const std::string& word : splitter.words())
        encode_word(word, tokens);
}

/// A word that tokens do not cover to its end is unknown as a whole.
void WordPiece::encode_word(std::string_view word, std::vector<int32_t>& tokens) const
{
    const size_t n_before = tokens.size();
    for (size_t at = 0; at < word.size();) {
        const Trie::Match match = trie_.longest_prefix(word.substr(at));
        if (match.length == 0) {
            tokens.resize(n_before);
            if (vocabulary().special().unknown >= 0)
                tokens.push_back(vocabulary().special().unknown);
            return;
        }
        tokens.push_back(match.value);
        at += match.length;
    }
}

std::string WordPiece::token_bytes(int32_t token) const
{
    return spaces::unescape(vocabulary().text(token));
}

} // namespace rocmforge
