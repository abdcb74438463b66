// PLaMo 2's tokenizer: the cover with the best sum of scores, bytes where nothing covers.
#include "tokenizer_fixture.h"

#include <QtTest>

using namespace rocmforge;
using test::Ids;
using test::VocabularyFixture;

namespace {

constexpr int32_t firstByte = 4, a = 260, b = 261, ab = 262, bab = 263, abab = 264, kanji = 265;

VocabularyFixture vocabulary()
{
    std::vector<VocabularyFixture::Token> tokens = {
        {"<|plamo:unk|>", 0, 2}, {"<|plamo:bos|>", 0, 3}, {"<|plamo:eos|>", 0, 3}, {"<|plamo:pad|>", 0, 3}};
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (unsigned byte = 0; byte < 256; ++byte)
        tokens.push_back({{'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'}, 0, 6});
    for (const auto& [text, score] : {std::pair("a", -1.0f),
                                      {"b", -1.5f},
                                      {"ab", -2.0f},
                                      {"bab", -1.5f},
                                      {"abab", -4.0f},
                                      {"漢", -3.0f},
                                      {"aa", -3000.0f}})
        tokens.push_back({text, score});
    return {"plamo2", tokens};
}

} // namespace

class TokenizerPlamo2Test : public QObject {
    Q_OBJECT

private slots:
    void coverWithTheBestScoreIsTaken_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<int>>("tokens");
        QTest::newRow("one token") << "ab" << QList<int>{ab};
        QTest::newRow("of two ways") << "abab" << QList<int>{a, bab};
        QTest::newRow("the longer of equals") << "ababab" << QList<int>{ab, a, bab};
        QTest::newRow("no token that bad") << "aa" << QList<int>{a, a};
        QTest::newRow("bytes") << "a\u00e9\u6f22" << QList<int>{a, firstByte + 0xC3, firstByte + 0xA9, kanji};
        QTest::newRow("a byte") << "x" << QList<int>{firstByte + 'x'};
        QTest::newRow("byte order mark") << "\ufeffab" << QList<int>{ab};
        QTest::newRow("nothing") << "" << QList<int>{};
    }
    void coverWithTheBestScoreIsTaken()
    {
        QFETCH(QString, text);
        QFETCH(QList<int>, tokens);
        const auto tokenizer = vocabulary().create();
        QVERIFY(tokenizer);
        const std::string bytes = text.toStdString();
        const Ids ids = (*tokenizer)->encode(bytes, AddSpecial::no, SpecialText::plain);
        QCOMPARE(QList<int>(ids.begin(), ids.end()), tokens);
        if (!text.startsWith(QChar::ByteOrderMark))
            QCOMPARE((*tokenizer)->decode(ids, false), bytes);
    }

    void specialTokensAreCutOut()
    {
        const auto tokenizer = vocabulary().create();
        QVERIFY(tokenizer);
        QCOMPARE((*tokenizer)->encode("a<|plamo:eos|>b", AddSpecial::no, SpecialText::parse), (Ids{a, 2, b}));
    }
};

QTEST_APPLESS_MAIN(TokenizerPlamo2Test)
#include "tokenizer_plamo2_test.moc"
