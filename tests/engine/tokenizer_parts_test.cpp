// The small parts: UTF-8, the trie, the splitter of special tokens, pair merging, normalization.
#include "tokenizer/charsmap.h"
#include "tokenizer/pair_merger.h"
#include "tokenizer/spaces.h"
#include "tokenizer/trie.h"
#include "tokenizer/utf8.h"

#include <QtTest>

#include <cstring>
#include <map>
#include <random>

using namespace rocmforge;

namespace {

/// A double-array trie with one key of one byte, then the replacements.
std::vector<std::byte> charsmapBlob(uint8_t key, std::string_view replacement)
{
    std::vector<uint32_t> units(512);
    units[0] = 256 << 10; // the root's children start at 256
    const uint32_t node = 256U ^ key;
    units[node] = 1U << 8 | key | (node ^ 1U) << 10; // ends a key; its leaf is cell 1
    units[1] = 1U << 31; // replacement at offset 0
    const auto trieBytes = uint32_t(units.size() * sizeof(uint32_t));
    std::vector<std::byte> blob(sizeof(trieBytes) + trieBytes + replacement.size() + 1);
    std::memcpy(blob.data(), &trieBytes, sizeof(trieBytes));
    std::memcpy(blob.data() + sizeof(trieBytes), units.data(), trieBytes);
    std::memcpy(blob.data() + sizeof(trieBytes) + trieBytes, replacement.data(), replacement.size());
    return blob;
}

using MergeTable = std::map<std::pair<int, int>, PairMerger::Merge>;

/// The definition, step by step: the best pair, leftmost of equals.
std::vector<int32_t> mergedNaively(std::vector<int32_t> tokens, const MergeTable& merges)
{
    for (;;) {
        size_t best = tokens.size();
        PairMerger::Merge bestMerge;
        for (size_t i = 0; i + 1 < tokens.size(); ++i)
            if (const auto found = merges.find({tokens[i], tokens[i + 1]});
                found != merges.end() && found->second.rank < bestMerge.rank) {
                best = i;
                bestMerge = found->second;
            }
        if (best == tokens.size())
            return tokens;
        tokens[best] = bestMerge.token;
        tokens.erase(tokens.begin() + ptrdiff_t(best) + 1);
    }
}

} // namespace

class TokenizerPartsTest : public QObject {
    Q_OBJECT

private slots:
    void everyCodePointSurvivesUtf8();
    void malformedUtf8IsRecognized_data();
    void malformedUtf8IsRecognized();
    void trieFindsEveryPrefix();
    void trieTakesTheSmallestValueOfEqualKeys();
    void mergingIsTheNaiveAlgorithm();
    void spacesAreEscapedAndUnescaped();
    void charsmapReplacesItsSequences();
    void damagedCharsmapIsHarmless();
};

void TokenizerPartsTest::everyCodePointSurvivesUtf8()
{
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        std::string text;
        utf8::append(text, c);
        const utf8::Sequence sequence = utf8::next(text, 0);
        QCOMPARE(sequence.code_point, c);
        QCOMPARE(sequence.length, text.size());
        QVERIFY(sequence.form == utf8::Form::valid);
        for (size_t n = 1; n < text.size(); ++n)
            QVERIFY(utf8::next(std::string_view(text).substr(0, n), 0).form == utf8::Form::truncated);
    }
}

void TokenizerPartsTest::malformedUtf8IsRecognized_data()
{
    QTest::addColumn<std::string>("bytes");
    for (const char* bytes : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
                              "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
        QTest::newRow(QByteArray(bytes).toHex()) << std::string(bytes);
}

void TokenizerPartsTest::malformedUtf8IsRecognized()
{
    QFETCH(std::string, bytes);
    QVERIFY(utf8::next(bytes, 0).form == utf8::Form::invalid);
    QVERIFY(!utf8::is_valid(bytes));
    QVERIFY(utf8::is_valid(utf8::with_replacements(bytes)));
}

void TokenizerPartsTest::trieFindsEveryPrefix()
{
    const Trie trie({{"a", 1}, {"abc", 2}, {"ab", 3}, {"b", 4}, {"", 5}, {"a\xff", 6}});
    std::vector<std::pair<size_t, int32_t>> found;
    trie.for_each_prefix("abcd", [&](size_t length, int32_t value) { found.emplace_back(length, value); });
    QCOMPARE(found, (std::vector<std::pair<size_t, int32_t>>{{1, 1}, {2, 3}, {3, 2}}));
    QCOMPARE(trie.longest_prefix("a\xff").value, 6);
    QCOMPARE(trie.longest_prefix("xa").length, size_t(0));
    QCOMPARE(trie.longest_prefix("").length, size_t(0));
    QCOMPARE(Trie().longest_prefix("a").length, size_t(0));
}

void TokenizerPartsTest::trieTakesTheSmallestValueOfEqualKeys()
{
    QCOMPARE(Trie({{"b", 7}, {"a", 2}, {"a", 1}}).longest_prefix("a").value, 1);
}

void TokenizerPartsTest::mergingIsTheNaiveAlgorithm()
{
    std::mt19937 random(5);
    for (int round = 0; round < 500; ++round) {
        MergeTable merges;
        for (uint32_t rank = 0; rank < 12; ++rank) // ranks repeat, as scores may
            merges[{int(random() % 6), int(random() % 6)}] = {rank / 2, int32_t(random() % 6)};
        std::vector<int32_t> tokens(random() % 40);
        PairMerger merger;
        for (int32_t& token : tokens) {
            token = int32_t(random() % 6);
            merger.add({token});
        }
        merger.merge([&](const auto& left, const auto& right) {
            const auto found = merges.find({left.token, right.token});
            return found == merges.end() ? PairMerger::Merge{} : found->second;
        });
        std::vector<int32_t> merged;
        merger.for_each([&](const PairMerger::Symbol& symbol) { merged.push_back(symbol.token); });
        QCOMPARE(merged, mergedNaively(tokens, merges));
    }
}

void TokenizerPartsTest::spacesAreEscapedAndUnescaped()
{
    QCOMPARE(spaces::prepare(" a  b ", {}), "▁a▁▁b▁");
    QCOMPARE(spaces::prepare(" a  b ", {.add_space_prefix = true}), "▁▁a▁▁b▁");
    QCOMPARE(spaces::prepare(" a  b ", {.add_space_prefix = true, .remove_extra_whitespaces = true}), "▁a▁b");
    QCOMPARE(spaces::prepare("  ", {.add_space_prefix = true, .remove_extra_whitespaces = true}), "");
    QCOMPARE(spaces::unescape("▁a▁b"), " a b");
}

void TokenizerPartsTest::charsmapReplacesItsSequences()
{
    const auto charsmap = Charsmap::parse(charsmapBlob('x', "yes"));
    QVERIFY(charsmap);
    QCOMPARE(charsmap->normalize("axé\xff"), "ayesé\uFFFD");
    QCOMPARE(Charsmap().normalize("axé"), "axé");
}

void TokenizerPartsTest::damagedCharsmapIsHarmless()
{
    const auto blob = charsmapBlob('x', "yes");
    for (const size_t size : {size_t(0), size_t(3), size_t(4), size_t(100), blob.size() - 5})
        QVERIFY(!Charsmap::parse(std::span(blob).first(size)));
    std::mt19937 random(9);
    for (int round = 0; round < 300; ++round) {
        auto damaged = blob;
        for (int i = 0; i < 40; ++i)
            damaged[4 + random() % (damaged.size() - 4)] = std::byte(random());
        const auto charsmap = Charsmap::parse(damaged);
        QVERIFY(charsmap);
        (void)charsmap->normalize("xxabcx\x01\x7f");
    }
}

QTEST_GUILESS_MAIN(TokenizerPartsTest)
#include "tokenizer_parts_test.moc"
