#include "support/golden.h"
#include "tokenizer_fixture.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <limits>
#include <random>
#include <thread>

using namespace rocmforge;
using test::Ids;
using test::smallBpe;
using test::smallSpm;
using test::VocabularyFixture;

namespace {

std::unique_ptr<Tokenizer> openTiny(const std::string& name)
{
    const auto file = gguf::File::open(test::dataDir() / ("tokenizer-" + name + ".gguf"));
    return file ? Tokenizer::create(file->metadata()).value_or(nullptr) : nullptr;
}

std::unique_ptr<Tokenizer> make(const VocabularyFixture& fixture)
{
    return fixture.create().value_or(nullptr);
}

Ids encode(const Tokenizer& tokenizer, std::string_view text, SpecialText special = SpecialText::plain)
{
    return tokenizer.encode(text, AddSpecial::no, special);
}

/// The pieces the text is made of, for reading: "low|er".
std::string split(const Tokenizer& tokenizer, std::string_view text, SpecialText special = SpecialText::plain)
{
    std::string pieces;
    for (const int32_t token : encode(tokenizer, text, special))
        pieces.append(pieces.empty() ? "" : "|").append(tokenizer.piece(token, true));
    return pieces;
}

std::string randomBytes(size_t n, unsigned seed)
{
    std::mt19937 random(seed);
    std::string bytes;
    for (size_t i = 0; i < n; ++i)
        bytes += char(random());
    return bytes;
}

} // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void tinyVocabulariesMatchTheReference_data();
    void tinyVocabulariesMatchTheReference();
    void anyBytesRoundTrip_data();
    void anyBytesRoundTrip();
    void threadsShareATokenizer();
    void mergesFollowTheirRank();
    void wholePiecesWinWhereMergesAreIgnored();
    void bytesWithoutTokenBecomeReplacementCharacters();
    void scoresDecideWhatMerges();
    void charactersMergeAndFallBackToBytes();
    void spacePrefixFollowsItsFlag();
    void extraSpacesAreRemovedOnRequest();
    void controlTokensAreNeverTyped();
    void controlTokensAreNeverMerged();
    void specialTokensAreParsedOnRequest();
    void userDefinedTokensAreAlwaysRecognized();
    void framingFollowsTheFlags();
    void controlTokensAreHiddenUnlessAskedFor();
    void phi3SwallowsSpaceAfterSpecialTokens();
    void endTokensAreKnownByKeyAndText_data();
    void endTokensAreKnownByKeyAndText();
    void endOfMessageIsNoEndInHarmony();
    void brokenVocabulariesAreRejected_data();
    void brokenVocabulariesAreRejected();
    void oddVocabulariesAreWarnedAbout_data();
    void oddVocabulariesAreWarnedAbout();
    void unknownKindIsNamed();
    void tokensOutOfRangeAreHarmless();
};

void TokenizerTest::tinyVocabulariesMatchTheReference_data()
{
    QTest::addColumn<std::string>("name");
    QTest::newRow("byte-level BPE") << std::string("tiny-bpe");
    QTest::newRow("SentencePiece BPE") << std::string("tiny-spm");
}

void TokenizerTest::tinyVocabulariesMatchTheReference()
{
    QFETCH(std::string, name);
    const auto tokenizer = openTiny(name);
    QVERIFY(tokenizer);
    const auto cases = nlohmann::json::parse(test::readArray<char>(test::dataDir() / "tokenizer-cases.json"));
    QVERIFY(cases.size() > 400);
    for (const auto& entry : cases) {
        const auto text = entry["text"].get<std::string>();
        const auto& expected = entry[name];
        QCOMPARE(encode(*tokenizer, text), expected["ids"].get<Ids>());
        QCOMPARE(encode(*tokenizer, text, SpecialText::parse),
                 expected.value("parsed", expected["ids"]).get<Ids>());
    }
}

void TokenizerTest::anyBytesRoundTrip_data()
{
    tinyVocabulariesMatchTheReference_data();
}

void TokenizerTest::anyBytesRoundTrip()
{
    QFETCH(std::string, name);
    const auto tokenizer = openTiny(name);
    QVERIFY(tokenizer);
    for (unsigned seed = 0; seed < 200; ++seed) {
        const std::string text = randomBytes(seed, seed);
        QCOMPARE(tokenizer->decode(encode(*tokenizer, text), false), text);
    }
}

void TokenizerTest::threadsShareATokenizer()
{
    const auto tokenizer = openTiny("tiny-bpe");
    QVERIFY(tokenizer);
    const std::string text = randomBytes(2000, 1) + " The quick brown fox <|im_end|> 😀 12345";
    const Ids expected = encode(*tokenizer, text, SpecialText::parse);
    std::atomic<int> nEqual = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { nEqual += encode(*tokenizer, text, SpecialText::parse) == expected; });
    }
    QCOMPARE(nEqual.load(), 4);
}

void TokenizerTest::mergesFollowTheirRank()
{
    const auto tokenizer = make(smallBpe());
    QVERIFY(tokenizer);
    QCOMPARE(split(*tokenizer, "lower lowlo new"), "lower| low|lo| |new");
    QCOMPARE(tokenizer->description(), "BPE (gpt-2)");
}

void TokenizerTest::wholePiecesWinWhereMergesAreIgnored()
{
    auto fixture = smallBpe();
    fixture.set("merges", std::vector<std::string>{"l o"});
    QCOMPARE(split(*make(fixture), "lower"), "lo|w|e|r");
    fixture.set("pre", std::string("llama-bpe"));
    QCOMPARE(split(*make(fixture), "lower"), "lower");
}

void TokenizerTest::bytesWithoutTokenBecomeReplacementCharacters()
{
    std::vector<VocabularyFixture::Token> tokens;
    for (const char* text : {"a", "ï", "¿", "½"}) // the last three spell U+FFFD
        tokens.push_back({text});
    VocabularyFixture fixture("gpt2", tokens);
    fixture.set("pre", std::string("gpt-2")).set("merges", std::vector<std::string>{});
    const auto tokenizer = make(fixture);
    QVERIFY(tokenizer);
    QCOMPARE(tokenizer->decode(encode(*tokenizer, "a\xff"), false), "a\uFFFD");
}

void TokenizerTest::scoresDecideWhatMerges()
{
    const auto tokenizer = make(smallSpm());
    QVERIFY(tokenizer);
    QCOMPARE(split(*tokenizer, "abc"), " a|bc"); // -1 before -2 before "abc"
    QCOMPARE(split(*tokenizer, "babc"), " |b|abc");
    QCOMPARE(tokenizer->description(), "SPM");
}

void TokenizerTest::charactersMergeAndFallBackToBytes()
{
    std::vector<VocabularyFixture::Token> tokens;
    for (const char* text : {"▁", "a", "é", "▁a", "é▁", "\n", "\n\n"})
        tokens.push_back({text});
    tokens.push_back({"<0xC3>", 0, 6});
    tokens.push_back({"<0xBC>", 0, 6});
    VocabularyFixture fixture("gemma4", tokens);
    fixture.set("merges", std::vector<std::string>{"▁ a", "é ▁"});
    const auto tokenizer = make(fixture);
    QVERIFY(tokenizer);
    QCOMPARE(split(*tokenizer, "a aé a"), "a| a|é| a");
    QCOMPARE(split(*tokenizer, "é é\n\na"), "é |é|\n\n|a");
    QCOMPARE(encode(*tokenizer, "ü"), (Ids{7, 8}));
    QCOMPARE(tokenizer->decode(encode(*tokenizer, " aü é"), false), " aü é");
}

void TokenizerTest::spacePrefixFollowsItsFlag()
{
    auto fixture = smallSpm();
    QCOMPARE(split(*make(fixture), "a"), " a");
    QCOMPARE(make(fixture)->decode(encode(*make(fixture), " a"), false), " a");
    fixture.set("add_space_prefix", false);
    QCOMPARE(split(*make(fixture), "a"), "a");
    QCOMPARE(make(fixture)->decode(encode(*make(fixture), " a"), false), " a");
}

void TokenizerTest::extraSpacesAreRemovedOnRequest()
{
    auto fixture = smallSpm();
    QCOMPARE(split(*make(fixture), "  b   b "), " | | |b| | | |b| ");
    fixture.set("remove_extra_whitespaces", true);
    QCOMPARE(split(*make(fixture), "  b   b "), " |b| |b");
}

void TokenizerTest::controlTokensAreNeverTyped()
{
    for (const auto& tokenizer : {make(smallSpm()), make(smallBpe())}) {
        QVERIFY(tokenizer);
        for (const char* text : {"<s>", "</s>", "<|im_end|>", "<0x0A>", "<unk>"}) {
            for (const int32_t token : encode(*tokenizer, text))
                QVERIFY(!tokenizer->is_control(token));
            QCOMPARE(tokenizer->decode(encode(*tokenizer, text), false), text);
        }
    }
}

void TokenizerTest::controlTokensAreNeverMerged()
{
    const std::vector<VocabularyFixture::Token> tokens = {{"<unk>", 0, 2}, {"<s>", 0, 3}, {"</s>", 0, 3},
                                                          {"a", -1},       {"b", -1},     {"ab", 0, 3}};
    VocabularyFixture fixture("llama", tokens);
    fixture.set("add_space_prefix", false);
    QCOMPARE(split(*make(fixture), "ab"), "a|b");
    QCOMPARE(split(*make(fixture), "ab", SpecialText::parse), "ab");
}

void TokenizerTest::specialTokensAreParsedOnRequest()
{
    const auto tokenizer = make(smallBpe());
    QVERIFY(tokenizer);
    QCOMPARE(split(*tokenizer, "low<|im_end|>low", SpecialText::parse), "low|<|im_end|>|low");
    QCOMPARE(split(*tokenizer, "<|im_end", SpecialText::parse), "<|||i|m|_|e|n|d");
}

void TokenizerTest::userDefinedTokensAreAlwaysRecognized()
{
    const auto tokenizer = make(smallBpe());
    QVERIFY(tokenizer);
    QCOMPARE(split(*tokenizer, "low<think>low"), "low|<think>|low");
}

void TokenizerTest::framingFollowsTheFlags()
{
    auto fixture = smallSpm();
    const auto frame = [&] { return make(fixture)->encode("a", AddSpecial::yes, SpecialText::plain); };
    const Ids inner = encode(*make(fixture), "a");
    QCOMPARE(inner.size(), size_t(1));
    QCOMPARE(frame(), (Ids{1, inner[0]}));
    QVERIFY(make(fixture)->adds_bos());
    fixture.set("add_bos_token", false).set("add_eos_token", true);
    QCOMPARE(frame(), (Ids{inner[0], 2}));
    QVERIFY(!make(fixture)->adds_bos());
    QCOMPARE(make(fixture)->encode("", AddSpecial::yes, SpecialText::plain), Ids{2});
}

void TokenizerTest::controlTokensAreHiddenUnlessAskedFor()
{
    const auto tokenizer = make(smallBpe());
    QVERIFY(tokenizer);
    const Ids ids = encode(*tokenizer, "low<|im_end|>", SpecialText::parse);
    QCOMPARE(tokenizer->decode(ids, false), "low");
    QCOMPARE(tokenizer->decode(ids, true), "low<|im_end|>");
}

void TokenizerTest::phi3SwallowsSpaceAfterSpecialTokens()
{
    auto fixture = smallBpe();
    QCOMPARE(split(*make(fixture), "<|im_end|>\nlow", SpecialText::parse), "<|im_end|>|\n|low");
    fixture.setName("Phi-3 mini");
    QCOMPARE(split(*make(fixture), "<|im_end|>\nlow", SpecialText::parse), "<|im_end|>|low");
}

void TokenizerTest::endTokensAreKnownByKeyAndText_data()
{
    QTest::addColumn<std::string>("text");
    for (const char* text :
         {"<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "</s>",
          "<|end_of_text|>", "<EOT>", "[EOS]", "<｜end▁of▁sentence｜>"})
        QTest::newRow(text) << std::string(text);
}

void TokenizerTest::endTokensAreKnownByKeyAndText()
{
    QFETCH(std::string, text);
    VocabularyFixture fixture("llama", {{"<unk>", 0, 2}, {"<s>", 0, 3}, {"x"}, {"y"}, {"z"}, {text}});
    fixture.set("eos_token_id", uint32_t{2}).set("eot_token_id", uint32_t{3});
    const auto tokenizer = make(fixture);
    QVERIFY(tokenizer);
    QVERIFY(tokenizer->is_end(2));
    QVERIFY(tokenizer->is_end(3));
    QVERIFY(!tokenizer->is_end(4));
    QVERIFY(tokenizer->is_end(5));
    QVERIFY(tokenizer->is_control(5)); // though the file calls it normal
    QVERIFY(!tokenizer->is_end(-1));
}

void TokenizerTest::endOfMessageIsNoEndInHarmony()
{
    const std::vector<VocabularyFixture::Token> tokens = {
        {"<|end|>", 0, 3}, {"<|return|>", 0, 3}, {"<|call|>", 0, 3}, {"x"}};
    const auto tokenizer = make(VocabularyFixture("llama", tokens).set("eos_token_id", uint32_t{1}));
    QVERIFY(tokenizer);
    QVERIFY(!tokenizer->is_end(0));
    QVERIFY(tokenizer->is_end(1));
    QVERIFY(tokenizer->is_end(2));
}

void TokenizerTest::brokenVocabulariesAreRejected_data()
{
    QTest::addColumn<std::string>("key");
    QTest::addColumn<VocabularyFixture::Value>("value");
    using Value = VocabularyFixture::Value;
    QTest::newRow("no tokens") << std::string("tokens") << Value(std::vector<std::string>{});
    QTest::newRow("few scores") << std::string("scores") << Value(std::vector<float>{1, 2});
    QTest::newRow("few types") << std::string("token_type") << Value(std::vector<int32_t>{1});
    QTest::newRow("score not a number")
        << std::string("scores") << Value(std::vector<float>(300, std::numeric_limits<float>::quiet_NaN()));
    QTest::newRow("tokens are numbers") << std::string("tokens") << Value(std::vector<int32_t>{1, 2});
    QTest::newRow("flag is a text") << std::string("add_bos_token") << Value(std::string("yes"));
}

void TokenizerTest::brokenVocabulariesAreRejected()
{
    QFETCH(std::string, key);
    QFETCH(VocabularyFixture::Value, value);
    const auto result = smallSpm().set(key, value).create();
    QVERIFY(!result);
    QVERIFY(result.error().kind == ErrorKind::invalid_tokenizer
            || result.error().kind == ErrorKind::wrong_metadata_type
            || result.error().kind == ErrorKind::invalid_value);
    QVERIFY(!result.error().message.empty());
}

void TokenizerTest::oddVocabulariesAreWarnedAbout_data()
{
    QTest::addColumn<std::string>("key");
    QTest::addColumn<VocabularyFixture::Value>("value");
    QTest::addColumn<QString>("warning");
    using Value = VocabularyFixture::Value;
    QTest::newRow("pre-tokenizer") << std::string("pre") << Value(std::string("martian")) << "martian";
    QTest::newRow("merges") << std::string("merges") << Value(std::vector<std::string>{"l o", "q z", "x"})
                            << "q z";
    QTest::newRow("BOS") << std::string("bos_token_id") << Value(uint32_t{4000000000}) << "4000000000";
    const auto pastTheEnd = uint32_t(make(smallBpe())->vocab_size());
    QTest::newRow("EOS one too far") << std::string("eos_token_id") << Value(pastTheEnd) << "eos_token_id";
    QTest::newRow("BOS missing") << std::string("add_bos_token") << Value(true) << "beginning";
    auto types = std::vector<int32_t>(300, 1);
    types[7] = 99;
    QTest::newRow("type") << std::string("token_type") << Value(types) << "99";
    auto texts = std::vector<std::string>(300, "x");
    texts[9] = "\xff\xfe";
    QTest::newRow("text") << std::string("tokens") << Value(texts) << "token 9";
}

void TokenizerTest::oddVocabulariesAreWarnedAbout()
{
    QFETCH(std::string, key);
    QFETCH(VocabularyFixture::Value, value);
    QFETCH(QString, warning);
    auto fixture = smallBpe().set(key, value);
    if (key == "tokens") {
        fixture.remove("scores").remove("token_type");
    }
    if (key == "token_type")
        fixture.remove("scores");
    const auto result = fixture.create();
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const auto warnings = (*result)->warnings();
    QVERIFY(std::ranges::any_of(
        warnings, [&](const std::string& text) { return text.contains(warning.toStdString()); }));
    (void)(*result)->encode("low <think> \xff 😀", AddSpecial::yes, SpecialText::parse);
}

void TokenizerTest::unknownKindIsNamed()
{
    const auto result = smallBpe().set("model", std::string("martian")).create();
    QVERIFY(!result);
    QCOMPARE(int(result.error().kind), int(ErrorKind::invalid_tokenizer));
    QVERIFY(result.error().message.contains("martian"));
    QCOMPARE(int(smallBpe().remove("merges").create().error().kind), int(ErrorKind::missing_metadata));
    QCOMPARE(int(smallBpe().remove("model").create().error().kind), int(ErrorKind::missing_metadata));
}

void TokenizerTest::tokensOutOfRangeAreHarmless()
{
    const auto tokenizer = make(smallBpe());
    QVERIFY(tokenizer);
    for (const int32_t token : {-1, tokenizer->vocab_size(), std::numeric_limits<int32_t>::max()}) {
        QCOMPARE(tokenizer->piece(token, true), "");
        QVERIFY(!tokenizer->is_control(token));
        QVERIFY(!tokenizer->is_end(token));
    }
    QCOMPARE(tokenizer->decode({}, true), "");
}

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
