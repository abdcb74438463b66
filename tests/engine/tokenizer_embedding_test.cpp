// WordPiece and Unigram, the tokenizers of embedding models.
#include "tokenizer_fixture.h"

#include <QtTest>

using namespace rocmforge;
using test::Ids;
using test::VocabularyFixture;

namespace {

VocabularyFixture wordPiece()
{
    VocabularyFixture fixture("bert",
                              {{"[UNK]", 0, 2},
                               {"[CLS]", 0, 3},
                               {"[SEP]", 0, 3},
                               {"▁un"},
                               {"aff"},
                               {"able"},
                               {"▁cafe"},
                               {"▁,"},
                               {"▁世"},
                               {"▁a"}});
    fixture.set("unknown_token_id", uint32_t{0})
        .set("cls_token_id", uint32_t{1})
        .set("seperator_token_id", uint32_t{2});
    return fixture;
}

VocabularyFixture unigram()
{
    VocabularyFixture fixture("t5",
                              {{"<pad>", 0, 3},
                               {"</s>", 0, 3},
                               {"<unk>", 0, 2},
                               {"▁", -2},
                               {"a", -3},
                               {"b", -3},
                               {"ab", -4},
                               {"▁ab", -9},
                               {"ba", -5.5F},
                               {"<x>", 0, 4}});
    fixture.set("add_space_prefix", true).set("remove_extra_whitespaces", true);
    return fixture;
}

Ids encode(const VocabularyFixture& fixture, std::string_view text, AddSpecial add = AddSpecial::no)
{
    const auto tokenizer = fixture.create();
    return tokenizer ? (*tokenizer)->encode(text, add, SpecialText::plain) : Ids{-1};
}

} // namespace

class TokenizerEmbeddingTest : public QObject {
    Q_OBJECT

private slots:
    void wordsAreCoveredByTheLongestPieces();
    void wordsThatCannotBeCoveredAreUnknown();
    void caseAndAccentsAreDropped();
    void punctuationAndIdeographsStandAlone();
    void textIsFramedByClsAndSep();
    void bestSumOfScoresWins();
    void uncoveredCharactersAreOneUnknownToken();
    void uncoveredCharactersFallBackToBytes();
    void userDefinedTokensAreCutOutFirst();
    void extraSpacesVanish();
    void damagedNormalizationTableIsRejected();
};

void TokenizerEmbeddingTest::wordsAreCoveredByTheLongestPieces()
{
    QCOMPARE(encode(wordPiece(), "unaffable a"), (Ids{3, 4, 5, 9}));
}

void TokenizerEmbeddingTest::wordsThatCannotBeCoveredAreUnknown()
{
    QCOMPARE(encode(wordPiece(), "unaffabel a"), (Ids{0, 9}));
}

void TokenizerEmbeddingTest::caseAndAccentsAreDropped()
{
    QCOMPARE(encode(wordPiece(), "CAFÉ cafe\u0301"), (Ids{6, 6}));
}

void TokenizerEmbeddingTest::punctuationAndIdeographsStandAlone()
{
    QCOMPARE(encode(wordPiece(), "a,世a"), (Ids{9, 7, 8, 9}));
}

void TokenizerEmbeddingTest::textIsFramedByClsAndSep()
{
    QCOMPARE(encode(wordPiece(), "a", AddSpecial::yes), (Ids{1, 9, 2}));
}

void TokenizerEmbeddingTest::bestSumOfScoresWins()
{
    // "▁" + "ab" + "ab" = -10 beats "▁ab" + "ab" = -13 and "▁" + "a" + "ba" + "b" = -13.5
    QCOMPARE(encode(unigram(), "abab"), (Ids{3, 6, 6}));
    QCOMPARE(encode(unigram(), "ab", AddSpecial::yes), (Ids{3, 6, 1}));
}

void TokenizerEmbeddingTest::uncoveredCharactersAreOneUnknownToken()
{
    QCOMPARE(encode(unigram(), "a世界a"), (Ids{3, 4, 2, 4}));
}

void TokenizerEmbeddingTest::uncoveredCharactersFallBackToBytes()
{
    VocabularyFixture fixture(
        "t5",
        {{"<pad>", 0, 3}, {"</s>", 0, 3}, {"<unk>", 0, 2}, {"a", -1}, {"<0xC3>", 0, 6}, {"<0xA9>", 0, 6}});
    QCOMPARE(encode(fixture, "aéa"), (Ids{3, 4, 5, 3}));
    const auto tokenizer = fixture.create();
    QCOMPARE((*tokenizer)->decode(Ids{3, 4, 5, 3}, false), "aéa");
}

void TokenizerEmbeddingTest::userDefinedTokensAreCutOutFirst()
{
    QCOMPARE(encode(unigram(), "a<x>"), (Ids{3, 4, 9}));
}

void TokenizerEmbeddingTest::extraSpacesVanish()
{
    QCOMPARE(encode(unigram(), "  b   b "), (Ids{3, 5, 3, 5}));
}

void TokenizerEmbeddingTest::damagedNormalizationTableIsRejected()
{
    auto fixture = unigram();
    fixture.set("precompiled_charsmap", std::vector<uint32_t>{1, 2, 3});
    const auto result = fixture.create();
    QVERIFY(!result);
    QCOMPARE(int(result.error().kind), int(ErrorKind::wrong_metadata_type));
}

QTEST_GUILESS_MAIN(TokenizerEmbeddingTest)
#include "tokenizer_embedding_test.moc"
