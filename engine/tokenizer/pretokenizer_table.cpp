// How each model family cuts text before byte-level BPE merges it. The expressions are the ones
// published in the families' tokenizer.json, or equivalent ones that PCRE2 knows and takes linear
// time for on any text: class intersections are spelled out, some repetitions are possessive.
#include "tokenizer/pretokenizer.h"

#include <algorithm>

namespace rocmforge {

namespace {

#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define NEWLINES_AND_SPACES R"(\s*[\r\n]+|\s+(?!\S)|\s+)"
#define LETTERS_WITH_LEAD R"([^\r\n\p{L}\p{N}]?\p{L}+)"
#define PUNCTUATION_TO_LINE_END R"( ?[^\s\p{L}\p{N}]+[\r\n]*)"
#define PUNCTUATION_TO_PATH_END R"( ?[^\s\p{L}\p{N}]+[\r\n/]*)"
// Words by case: capitals then small letters, or capitals alone.
#define TITLE_CASE R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
#define UPPER_CASE R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
// The same letters and marks outside the Han script: what is left when all else is taken away.
#define UPPER_NOT_HAN R"([^\p{sc:Han}\p{Ll}\p{N}\p{P}\p{S}\p{Z}\p{C}])"
#define LOWER_NOT_HAN R"([^\p{sc:Han}\p{Lu}\p{Lt}\p{N}\p{P}\p{S}\p{Z}\p{C}])"

constexpr std::string_view gpt2_words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view llama3_words =
    CONTRACTIONS "|" LETTERS_WITH_LEAD R"(|\p{N}{1,3}|)" PUNCTUATION_TO_LINE_END "|" NEWLINES_AND_SPACES;
constexpr std::string_view qwen2_words =
    CONTRACTIONS "|" LETTERS_WITH_LEAD R"(|\p{N}|)" PUNCTUATION_TO_LINE_END "|" NEWLINES_AND_SPACES;
constexpr std::string_view gpt4o_words = TITLE_CASE CONTRACTIONS
    "?|" UPPER_CASE CONTRACTIONS R"(?|\p{N}{1,3}|)" PUNCTUATION_TO_PATH_END "|" NEWLINES_AND_SPACES;
constexpr std::string_view deepseek3_words =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
    R"(| ?[\p{P}\p{S}]+[\r\n]*|)" NEWLINES_AND_SPACES;
constexpr std::string_view bloom_words = R"( ?[^(\s|.,!?…。，、।۔،)]+)";

constexpr SplitStep gpt2[] = {{gpt2_words}};
constexpr SplitStep llama3[] = {{llama3_words}};
constexpr SplitStep qwen2[] = {{qwen2_words}};
constexpr SplitStep gpt4o[] = {{gpt4o_words}};
constexpr SplitStep bloom[] = {{bloom_words}};
constexpr SplitStep viking[] = {{bloom_words}, {R"(\p{N})"}};
constexpr SplitStep digits_then_gpt2[] = {{R"(\p{N})"}, {gpt2_words}};
constexpr SplitStep tekken[] = {
    {TITLE_CASE "|" UPPER_CASE R"(|\p{N}|)" PUNCTUATION_TO_PATH_END "|" NEWLINES_AND_SPACES}};
constexpr SplitStep qwen35[] = {{CONTRACTIONS R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N})"
                                              R"(| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|)" NEWLINES_AND_SPACES}};
constexpr SplitStep deepseek3[] = {{R"(\p{N}{1,3})"}, {"[一-龥぀-ゟ゠-ヿ]+"}, {deepseek3_words}};
constexpr SplitStep deepseek_coder[] = {
    {R"([\r\n])"}, {R"(\s?\p{L}+)"}, {R"(\s?\p{P}+)"}, {R"([一-龥ࠀ-一가-\x{D7FF}]+)"}, {R"(\p{N})"},
};
constexpr SplitStep deepseek_llm[] = {
    {R"([\r\n])"},
    {"\\s?["
     "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽ"
     "Ა-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼ"
     "ℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗ"
     "Ａ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
     "]+"},
    {R"(\s?[!-/:-~！-／：-～‘-‟　-。]+)"},
    {R"((?<!\s)\s++$)"},
    {R"([一-龥ࠀ-一가-\x{D7FF}]+)"},
    {R"(\p{N}+)"},
};
constexpr SplitStep minicpm5[] = {
    {R"(\p{N}{1,3})"},
    {CONTRACTIONS "|" LETTERS_WITH_LEAD R"(|\p{N}+|)" PUNCTUATION_TO_LINE_END "|" NEWLINES_AND_SPACES},
};
constexpr SplitStep seed_coder[] = {
    {CONTRACTIONS "|" LETTERS_WITH_LEAD R"(|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|)" NEWLINES_AND_SPACES}};
constexpr SplitStep bailing_moe[] = {{R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N})"
                                      R"(| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)"}};
constexpr SplitStep falcon[] = {{R"([\p{P}$+<=>^~|`]+)"}, {gpt2_words}, {"[0-9][0-9][0-9]"}};
constexpr SplitStep fallback[] = {
    {R"([\p{P}$+<=>^~|]+)"},
    {gpt2_words},
    {R"(\p{N}+)"},
    {"[0-9][0-9][0-9]"},
};
// The look-behind keeps a long run of spaces from being searched for a newline at every step.
constexpr SplitStep jais2[] = {
    {CONTRACTIONS
     "|" LETTERS_WITH_LEAD R"(|\p{N}{1,3}|)" PUNCTUATION_TO_LINE_END
     R"(|(?<![\p{Z}\t\v\f\x{85}])\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S))"
     R"(|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s)"}};
constexpr SplitStep kimi_k2[] = {{
    R"(\p{sc:Han}+)"
    R"(|[^\r\n\p{L}\p{N}]?)" UPPER_NOT_HAN "*" LOWER_NOT_HAN "+" CONTRACTIONS "?"
    R"(|[^\r\n\p{L}\p{N}]?)" UPPER_NOT_HAN "+" LOWER_NOT_HAN "*" CONTRACTIONS "?"
    R"(|\p{N}{1,3}|)" PUNCTUATION_TO_LINE_END "|" NEWLINES_AND_SPACES,
}};
constexpr SplitStep laguna[] = {{R"([^\n]+|\n+)"}, {qwen2_words}};
constexpr SplitStep exaone_moe[] = {{CONTRACTIONS
                                     R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*+(?: \p{L}\p{M}*+)*+)++|\p{N})"
                                     R"(| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)"}};
constexpr SplitStep youtu[] = {
    {"[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+"},
    {TITLE_CASE CONTRACTIONS "?|" UPPER_CASE CONTRACTIONS R"(?|\p{N}|)" PUNCTUATION_TO_PATH_END
                             "|" NEWLINES_AND_SPACES},
};
constexpr SplitStep chameleon[] = {
    {"<sentinel:[0-9]+>"}, {"IMGIMG[A-I]{1,4}Z"},       {R"([\t\n]|    |  )"},
    {R"(\p{N})"},          {R"([\p{P}!-/:-@\[-`{-~])"}, {gpt2_words},
};
constexpr SplitStep afmoe[] = {
    {R"(\p{N}+)", SplitStep::Match::threes_from_right},
    // Han, kana, Thai vowels and digits, Lao, Khmer, Burmese, Hangul
    {R"([\x{4E00}-\x{9FFF}\x{3400}-\x{4DBF}\x{F900}-\x{FAFF}\x{3040}-\x{30FF}\x{FF65}-\x{FF9F}\x{2F00}-\x{2FDF})"
     R"(\x{0E40}-\x{0EFF}\x{1780}-\x{17FF}\x{1000}-\x{109F}\x{AA60}-\x{AA7F}\x{A9E0}-\x{A9FF})"
     R"(\x{AC00}-\x{D7AF}\x{1100}-\x{11FF}]+)"},
    {deepseek3_words},
};
constexpr SplitStep superbpe[] = {{R"(\p{N}+)", SplitStep::Match::threes_from_right}};
constexpr SplitStep tiny_aya[] = {{R"(\p{N}+)", SplitStep::Match::threes_from_right}, {gpt4o_words}};

#undef CONTRACTIONS
#undef NEWLINES_AND_SPACES
#undef LETTERS_WITH_LEAD
#undef PUNCTUATION_TO_LINE_END
#undef PUNCTUATION_TO_PATH_END
#undef TITLE_CASE
#undef UPPER_CASE
#undef UPPER_NOT_HAN
#undef LOWER_NOT_HAN

constexpr bool ignore_merges = true;
constexpr bool add_bos = true;

constexpr PreTokenizerRule table[] = {
    {"default", fallback},
    // Llama 3
    {"llama-bpe", llama3, ignore_merges, add_bos},
    {"llama3", llama3, ignore_merges, add_bos},
    {"llama-v3", llama3, ignore_merges, add_bos},
    {"falcon3", llama3, ignore_merges, add_bos},
    {"falcon-h1", llama3, ignore_merges, add_bos},
    {"pixtral", llama3, ignore_merges, add_bos},
    {"midm-2.0", llama3, ignore_merges, add_bos},
    {"lfm2", llama3, ignore_merges, add_bos},
    {"jina-v5-nano", llama3, ignore_merges, add_bos},
    {"dbrx", llama3},
    {"smaug-bpe", llama3},
    {"glm4", llama3},
    {"chatglm-bpe", llama3},
    {"jais-2", jais2},
    // Qwen
    {"qwen2", qwen2},
    {"deepseek-r1-qwen", qwen2},
    {"stablelm2", qwen2},
    {"hunyuan", qwen2},
    {"grok-2", qwen2},
    {"solar-open", qwen2},
    {"megrez", qwen2},
    {"kormo", qwen2},
    {"openpangu", qwen2},
    {"f2llmv2", qwen2},
    {"qwen35", qwen35},
    {"laguna", laguna},
    // GPT-2
    {"gpt-2", gpt2},
    {"phi-2", gpt2},
    {"mpt", gpt2},
    {"olmo", gpt2},
    {"jais", gpt2},
    {"exaone4", gpt2},
    {"trillion", gpt2},
    {"granite-docling", gpt2},
    {"gigachat", gpt2},
    {"a.x-4.0", gpt2},
    {"mellum", gpt2},
    {"modern-bert", gpt2},
    {"roberta-bpe", gpt2},
    {"jina-es", gpt2},
    {"jina-de", gpt2},
    {"jina-v1-en", gpt2},
    {"jina-v2-es", gpt2},
    {"jina-v2-de", gpt2},
    {"jina-v2-code", gpt2},
    // GPT-2 with single digits
    {"starcoder", digits_then_gpt2},
    {"refact", digits_then_gpt2},
    {"command-r", digits_then_gpt2},
    {"cohere2_moe", digits_then_gpt2},
    {"smollm", digits_then_gpt2},
    {"codeshell", digits_then_gpt2},
    {"exaone", digits_then_gpt2},
    {"minerva-7b", digits_then_gpt2},
    {"mellum2", digits_then_gpt2},
    // GPT-4o
    {"gpt-4o", gpt4o},
    {"llama4", gpt4o},
    {"minimax-m2", gpt4o},
    {"kanana2", gpt4o},
    {"tekken", tekken, ignore_merges, add_bos},
    {"kimi-k2", kimi_k2},
    {"tiny_aya", tiny_aya},
    {"youtu", youtu, ignore_merges},
    // DeepSeek
    {"deepseek-llm", deepseek_llm},
    {"deepseek-coder", deepseek_coder},
    {"deepseek-v3", deepseek3},
    {"hunyuan-dense", deepseek3},
    {"joyai-llm", deepseek3},
    {"afmoe", afmoe},
    // Others
    {"bailingmoe", bailing_moe},
    {"bailingmoe2", bailing_moe},
    {"llada-moe", bailing_moe},
    {"bloom", bloom},
    {"gpt3-finnish", bloom},
    {"poro-chat", bloom},
    {"viking", viking},
    {"chameleon", chameleon, false, add_bos},
    {"exaone-moe", exaone_moe},
    {"falcon", falcon},
    {"minicpm5", minicpm5},
    {"seed-coder", seed_coder},
    {"superbpe", superbpe},
};

} // namespace

const PreTokenizerRule* find_pretokenizer(std::string_view name)
{
    const auto* const row = std::ranges::find(table, name, &PreTokenizerRule::name);
    return row == std::end(table) ? nullptr : row;
}

std::span<const PreTokenizerRule> pretokenizers()
{
    return table;
}

} // namespace rocmforge
