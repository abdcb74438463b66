#include "tokenizer/pretokenizer.h"

#include <QtTest>

#include <random>

using namespace rocmforge;

namespace {

std::vector<std::string> split(std::string_view name, std::string_view text)
{
    std::vector<std::string> pieces;
    const auto* rule = find_pretokenizer(name);
    if (!rule)
        return pieces;
    const auto pretokenizer = PreTokenizer::create(rule->steps);
    if (!pretokenizer)
        return pieces;
    for (const std::string_view piece : pretokenizer->split(text))
        pieces.emplace_back(piece);
    return pieces;
}

using Pieces = std::vector<std::string>;

/// Characters that the expressions treat differently, and bytes that are none.
std::string randomText(std::mt19937& random)
{
    static const Pieces parts = {"a",        "Z",
                                 "7",        "42",
                                 " ",        "  ",
                                 "\n",       "\r",
                                 "\t",       "'s",
                                 "'",        ".",
                                 "/",        "é",
                                 "中",       "か",
                                 "한",       "ไ",
                                 "😀",       "\u0301",
                                 "\u3000",   "\u180e",
                                 "\x01",     "\xff",
                                 "\xe4\xb8", std::string(1, '\0'),
                                 "_",        "ǅ",
                                 "½"};
    std::string text;
    for (size_t n = random() % 60; n > 0; --n)
        text += parts[random() % parts.size()];
    return text;
}

} // namespace

class TokenizerPretokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void everyRuleCompilesAndLosesNothing_data();
    void everyRuleCompilesAndLosesNothing();
    void namesAreUnique();
    void unknownNamesAreNotFound();
    void wordsKeepTheirLeadingSpace();
    void digitsAreGrouped_data();
    void digitsAreGrouped();
    void invalidBytesArePiecesOfTheirOwn();
    void mongolianVowelSeparatorIsNoSpace();
    void expressionsThatGiveUpLeaveTextWhole();
};

void TokenizerPretokenizerTest::everyRuleCompilesAndLosesNothing_data()
{
    QTest::addColumn<const PreTokenizerRule*>("rule");
    for (const PreTokenizerRule& rule : pretokenizers())
        QTest::newRow(std::string(rule.name).c_str()) << &rule;
}

void TokenizerPretokenizerTest::everyRuleCompilesAndLosesNothing()
{
    QFETCH(const PreTokenizerRule*, rule);
    const auto pretokenizer = PreTokenizer::create(rule->steps);
    QVERIFY2(pretokenizer, pretokenizer ? "" : pretokenizer.error().message.c_str());
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        const std::string text = randomText(random);
        std::string joined;
        for (const std::string_view piece : pretokenizer->split(text)) {
            QVERIFY(!piece.empty());
            joined += piece;
        }
        QCOMPARE(joined, text);
    }
}

void TokenizerPretokenizerTest::namesAreUnique()
{
    for (const PreTokenizerRule& rule : pretokenizers())
        QCOMPARE(find_pretokenizer(rule.name), &rule);
}

void TokenizerPretokenizerTest::unknownNamesAreNotFound()
{
    QCOMPARE(find_pretokenizer("martian"), nullptr);
    QCOMPARE(find_pretokenizer(""), nullptr);
}

void TokenizerPretokenizerTest::wordsKeepTheirLeadingSpace()
{
    QCOMPARE(split("gpt-2", "Hello  wor'ld's 12"), (Pieces{"Hello", " ", " wor", "'", "ld", "'s", " 12"}));
    QCOMPARE(split("qwen2", "I'LL\n\n  do 12"), (Pieces{"I", "'LL", "\n\n", " ", " do", " ", "1", "2"}));
}

void TokenizerPretokenizerTest::digitsAreGrouped_data()
{
    QTest::addColumn<std::string>("name");
    QTest::addColumn<Pieces>("pieces");
    QTest::newRow("from the left") << std::string("llama-bpe") << Pieces{"123", "456", "7"};
    QTest::newRow("from the right") << std::string("superbpe") << Pieces{"1", "234", "567"};
    QTest::newRow("singly") << std::string("qwen2") << Pieces{"1", "2", "3", "4", "5", "6", "7"};
    QTest::newRow("not at all") << std::string("gpt-2") << Pieces{"1234567"};
}

void TokenizerPretokenizerTest::digitsAreGrouped()
{
    QFETCH(std::string, name);
    QFETCH(Pieces, pieces);
    QCOMPARE(split(name, "1234567"), pieces);
}

void TokenizerPretokenizerTest::invalidBytesArePiecesOfTheirOwn()
{
    QCOMPARE(split("gpt-2", "ab\xff\xfe cd\xf0\x9f"), (Pieces{"ab", "\xff\xfe", " cd", "\xf0\x9f"}));
}

void TokenizerPretokenizerTest::mongolianVowelSeparatorIsNoSpace()
{
    QCOMPARE(split("gpt-2", "\u180e!"), Pieces{"\u180e!"});
    QCOMPARE(split("gpt-2", "\u3000!"), (Pieces{"\u3000", "!"}));
}

void TokenizerPretokenizerTest::expressionsThatGiveUpLeaveTextWhole()
{
    // Exponential backtracking: the matcher's limit stops it.
    constexpr SplitStep hopeless[] = {{"(?:(?:a|aa)+)+$|!"}};
    const auto pretokenizer = PreTokenizer::create(hopeless);
    QVERIFY(pretokenizer);
    const std::string text = std::string(60, 'a') + "b!";
    const auto pieces = pretokenizer->split(text);
    QCOMPARE(pieces.size(), size_t(1));
    QCOMPARE(pieces[0], text);
}

QTEST_GUILESS_MAIN(TokenizerPretokenizerTest)
#include "tokenizer_pretokenizer_test.moc"
