#include "support/golden.h"
#include "tokenizer/utf8.h"
#include "tokenizer_fixture.h"

#include <random>

using namespace rocmforge;
using test::Ids;

class TokenizerStreamDecoderTest : public QObject {
    Q_OBJECT

private slots:
    void charactersComeOutWhole();
    void invalidBytesBecomeReplacementCharacters_data();
    void invalidBytesBecomeReplacementCharacters();
    void unfinishedCharacterComesOutAtTheEnd();
    void spacePrefixIsLeftOutOnce();
    void specialTokensAreShownOnRequest();
    void joinedOutputIsTheDecodedText();
};

namespace {

std::unique_ptr<Tokenizer> byteTokenizer()
{
    return test::smallBpe().create().value_or(nullptr);
}

/// One token per byte.
Ids byteTokens(std::string_view bytes)
{
    return Ids(reinterpret_cast<const unsigned char*>(bytes.data()),
               reinterpret_cast<const unsigned char*>(bytes.data()) + bytes.size());
}

std::vector<std::string> stream(const Tokenizer& tokenizer, const Ids& ids, bool showSpecial = false)
{
    StreamDecoder decoder(tokenizer, showSpecial);
    std::vector<std::string> parts;
    for (const int32_t id : ids)
        parts.push_back(decoder.push(id));
    parts.push_back(decoder.finish());
    return parts;
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text += part;
    return text;
}

} // namespace

void TokenizerStreamDecoderTest::charactersComeOutWhole()
{
    const auto tokenizer = byteTokenizer();
    QVERIFY(tokenizer);
    const auto parts = stream(*tokenizer, byteTokens("a😀é"));
    QCOMPARE(parts, (std::vector<std::string>{"a", "", "", "", "😀", "", "é", ""}));
}

void TokenizerStreamDecoderTest::invalidBytesBecomeReplacementCharacters_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("text");
    QTest::newRow("lone continuation") << std::string("a\x80z") << std::string("a\uFFFDz");
    QTest::newRow("never in UTF-8") << std::string("\xff\xfe") << std::string("\uFFFD\uFFFD");
    QTest::newRow("cut by a letter") << std::string("\xe2\x82z") << std::string("\uFFFDz");
    QTest::newRow("cut by another") << std::string("\xf0\x9f\xf0\x9f\x98\x80") << std::string("\uFFFD😀");
    QTest::newRow("overlong") << std::string("\xc0\xaf") << std::string("\uFFFD\uFFFD");
    QTest::newRow("surrogate") << std::string("\xed\xa0\x80") << std::string("\uFFFD\uFFFD\uFFFD");
}

void TokenizerStreamDecoderTest::invalidBytesBecomeReplacementCharacters()
{
    QFETCH(std::string, bytes);
    QFETCH(std::string, text);
    const auto tokenizer = byteTokenizer();
    QVERIFY(tokenizer);
    QCOMPARE(joined(stream(*tokenizer, byteTokens(bytes))), text);
}

void TokenizerStreamDecoderTest::unfinishedCharacterComesOutAtTheEnd()
{
    const auto tokenizer = byteTokenizer();
    QVERIFY(tokenizer);
    const auto parts = stream(*tokenizer, byteTokens("a\xf0\x9f"));
    QCOMPARE(parts, (std::vector<std::string>{"a", "", "", "\uFFFD"}));
}

void TokenizerStreamDecoderTest::spacePrefixIsLeftOutOnce()
{
    const auto tokenizer = test::smallSpm().create().value_or(nullptr);
    QVERIFY(tokenizer);
    const Ids ids = tokenizer->encode("a a", AddSpecial::no, SpecialText::plain);
    QCOMPARE(stream(*tokenizer, ids), (std::vector<std::string>{"a", " a", ""}));
}

void TokenizerStreamDecoderTest::specialTokensAreShownOnRequest()
{
    const auto tokenizer = byteTokenizer();
    QVERIFY(tokenizer);
    const Ids ids = tokenizer->encode("low<|im_end|>", AddSpecial::no, SpecialText::parse);
    QCOMPARE(joined(stream(*tokenizer, ids)), "low");
    QCOMPARE(joined(stream(*tokenizer, ids, true)), "low<|im_end|>");
}

void TokenizerStreamDecoderTest::joinedOutputIsTheDecodedText()
{
    std::mt19937 random(3);
    for (const auto& tokenizer : {byteTokenizer(), test::smallSpm().create().value_or(nullptr)}) {
        QVERIFY(tokenizer);
        for (int round = 0; round < 300; ++round) {
            Ids ids(random() % 40);
            for (int32_t& id : ids)
                id = int32_t(random() % unsigned(tokenizer->vocab_size()));
            const auto parts = stream(*tokenizer, ids);
            QCOMPARE(joined(parts), utf8::with_replacements(tokenizer->decode(ids, false)));
            for (const std::string& part : parts)
                QVERIFY(utf8::is_valid(part));
        }
    }
}

QTEST_GUILESS_MAIN(TokenizerStreamDecoderTest)
#include "tokenizer_stream_decoder_test.moc"
