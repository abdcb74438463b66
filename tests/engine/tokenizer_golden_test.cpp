// Every reference case of golden/tokenizers, and the broken vocabularies of golden/bad-gguf.
#include "support/golden.h"
#include "support/golden_tally.h"
#include "tokenizer/pretokenizer.h"
#include "tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace rocmforge;
using rocmforge::test::goldenDir;

namespace {

using Ids = std::vector<int32_t>;
using nlohmann::json;

/// QJson would drop a byte order mark at the start of a string.
json readJson(const std::filesystem::path& path)
{
    return json::parse(test::readArray<char>(path));
}

QByteArray show(const Ids& ids)
{
    QByteArray text;
    for (const int32_t id : ids)
        text += QByteArray::number(id) + ' ';
    return text;
}

/// What one case file adds up to.
struct Score {
    int cases = 0;
    int passed = 0;
    int skipped = 0;
    QByteArray firstFailure;

    void count(bool good, const auto& describe)
    {
        ++cases;
        passed += good;
        if (!good && firstFailure.isEmpty())
            firstFailure = describe();
    }
};

QByteArray describe(const Score& score)
{
    return QByteArray::number(score.passed) + " of " + QByteArray::number(score.cases)
        + "; first: " + score.firstFailure;
}

/// The reference forgets "~" among the symbols and, in these expressions, letter case. Other case
/// files have the same string under the same expression with the published ids.
struct PublishedElsewhere {
    std::string_view cases;
    const char* string;
    const char* source;
    const char* list;
};
constexpr PublishedElsewhere published_elsewhere[] = {
    {"pre-afmoe", "159", "pre-deepseek-v3", "published_regex_ids"},
    {"pre-afmoe", "184", "pre-deepseek-v3", "published_regex_ids"},
    {"pre-tiny_aya", "97", "pre-gpt-4o", "ids"},
    {"pre-youtu", "97", "pre-gpt-4o", "ids"},
};

/// Strings with Hangul syllables and spacing or enclosing marks: the reference's WordPiece loses the
/// vowels, so it is no reference there.
constexpr size_t lost_vowels[] = {242, 243, 262, 263, 264, 265, 295, 379, 392, 399, 400, 401, 429};

json readCases(std::string_view name)
{
    return readJson(goldenDir() / "tokenizers" / (std::string(name) + ".cases.json"));
}

/// One `<name>.cases.json` with the tokenizer it is about.
class CaseFile {
public:
    explicit CaseFile(const std::string& name)
        : cases_(readCases(name))
    {
        const json strings = readJson(goldenDir() / "tokenizers/strings.json");
        strings_ = strings["strings"].get<std::vector<std::string>>();
        for (const std::string base64 : strings["invalid_utf8_base64"])
            invalid_.push_back(QByteArray::fromBase64(QByteArray::fromStdString(base64)).toStdString());
        pre_ = cases_.value("pre", "");
        for (const auto& [index, ids] : cases_["published_regex_ids"].items())
            published_[std::stoul(index)] = ids.get<Ids>();
        for (const PublishedElsewhere& other : published_elsewhere)
            if (other.cases == name) {
                const size_t i = std::stoul(other.string);
                const json list = readCases(other.source)[other.list];
                published_[i] = (list.is_array() ? list[i] : list[other.string]).get<Ids>();
            }
    }

    /// Opens the vocabulary with `tokenizer.ggml.pre` replaced where the cases say so.
    QByteArray open()
    {
        auto file = gguf::File::open(goldenDir() / "tokenizers" / cases_["vocab"].get<std::string>());
        if (!file)
            return QByteArray::fromStdString(file.error().message);
        gguf::Metadata metadata = file->metadata();
        if (!pre_.empty())
            metadata.set("tokenizer.ggml.pre", std::string_view(pre_));
        auto created = Tokenizer::create(metadata);
        if (!created)
            return QByteArray::fromStdString(created.error().message);
        tokenizer_ = std::move(*created);
        for (int token = 0; token < tokenizer_->vocab_size(); ++token)
            if (const std::string piece = tokenizer_->piece(token, false); piece.size() == 1)
                byteTokens_.insert(piece.front());
        return {};
    }

    Score run() const
    {
        Score score;
        for (size_t i = 0; i < strings_.size(); ++i) {
            if (isWordPiece() && std::ranges::count(lost_vowels, i) > 0) {
                ++score.skipped;
                continue;
            }
            checkIds(score, i);
            checkFraming(score, i);
            if (!isWordPiece())
                checkDecoding(score, i);
        }
        for (const std::string& text : invalid_)
            checkInvalid(score, text);
        return score;
    }

private:
    Ids encode(size_t i, AddSpecial add, SpecialText special) const
    {
        return tokenizer_->encode(strings_[i], add, special);
    }

    void expect(Score& score, size_t i, const char* what, const Ids& ids, const Ids& expected) const
    {
        const auto published = published_.find(i);
        const bool good = ids == expected || (published != published_.end() && ids == published->second);
        score.count(good, [&] {
            return QByteArray(what) + " of " + QByteArray::fromStdString(strings_[i]).toPercentEncoding(" ")
                + "\n    got      " + show(ids) + "\n    expected " + show(expected);
        });
    }

    Ids parsedIds(size_t i) const
    {
        return cases_["parse_special_ids"].value(std::to_string(i), cases_["ids"][i]).get<Ids>();
    }

    void checkIds(Score& score, size_t i) const
    {
        expect(score, i, "ids", encode(i, AddSpecial::no, SpecialText::plain), cases_["ids"][i].get<Ids>());
        expect(score, i, "parsed ids", encode(i, AddSpecial::no, SpecialText::parse), parsedIds(i));
    }

    void checkFraming(Score& score, size_t i) const
    {
        auto expected = cases_["add_special"]["prefix"].get<Ids>();
        const auto suffix = cases_["add_special"]["suffix"].get<Ids>();
        const Ids ids = encode(i, AddSpecial::no, SpecialText::plain);
        expected.insert(expected.end(), ids.begin(), ids.end());
        expected.insert(expected.end(), suffix.begin(), suffix.end());
        expect(score, i, "framed ids", encode(i, AddSpecial::yes, SpecialText::plain), expected);
    }

    void checkText(Score& score, const char* what, const std::string& text, const std::string& expected) const
    {
        score.count(text == expected, [&] {
            return QByteArray(what) + " \"" + QByteArray::fromStdString(text).toPercentEncoding(" ")
                + "\", expected \"" + QByteArray::fromStdString(expected).toPercentEncoding(" ") + '"';
        });
    }

    bool isWordPiece() const { return tokenizer_->description().starts_with("WordPiece"); }
    bool isByteLevel() const { return tokenizer_->description().starts_with("BPE"); }

    /// The reference tidies spaces before punctuation for some BPE vocabularies; ours gives back
    /// what was put in.
    void checkDecoding(Score& score, size_t i) const
    {
        const std::string key = std::to_string(i);
        const std::string text = isByteLevel() ? strings_[i] : cases_["detokenized"].value(key, strings_[i]);
        checkText(score, "decoded", tokenizer_->decode(cases_["ids"][i].get<Ids>(), true), text);
        if (const auto& list = cases_["detokenized_without_special"]; list.contains(key))
            checkText(score, "decoded without special tokens", tokenizer_->decode(parsedIds(i), false),
                      list[key]);
    }

    /// Bytes that never occur in UTF-8 have no token in some byte-level vocabularies.
    std::string representable(const std::string& text) const
    {
        std::string result;
        for (const char byte : text)
            result += byteTokens_.contains(byte) ? std::string(1, byte) : "\uFFFD";
        return result;
    }

    void checkInvalid(Score& score, const std::string& text) const
    {
        const Ids ids = tokenizer_->encode(text, AddSpecial::no, SpecialText::parse);
        if (!isWordPiece())
            checkText(score, "decoded bytes", tokenizer_->decode(ids, true), representable(text));
    }

    json cases_;
    std::vector<std::string> strings_;
    std::vector<std::string> invalid_;
    std::map<size_t, Ids> published_; ///< by string: as good as the reference's ids
    std::string pre_;
    std::set<char> byteTokens_; ///< bytes that are tokens of their own
    std::unique_ptr<Tokenizer> tokenizer_;
};

std::vector<std::string> caseFiles()
{
    constexpr std::string_view suffix = ".cases.json";
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(goldenDir() / "tokenizers"))
        if (const std::string name = entry.path().filename(); name.ends_with(suffix))
            names.push_back(name.substr(0, name.size() - suffix.size()));
    std::ranges::sort(names);
    return names;
}

} // namespace

class TokenizerGoldenTest : public QObject {
    Q_OBJECT

private slots:
    void cases_data();
    void cases();
    void publishedPieces_data();
    void publishedPieces();
    void brokenVocabulariesAreReported_data();
    void brokenVocabulariesAreReported();
    void cleanupTestCase();

private:
    struct Row {
        QByteArray name;
        Score score;
    };
    std::vector<Row> table_;
    test::GoldenTally tokenizers_{"tokenizers"};
    test::GoldenTally pieces_{"pieces"};
};

void TokenizerGoldenTest::cases_data()
{
    REQUIRE_GOLDEN();
    QTest::addColumn<std::string>("name");
    for (const std::string& name : caseFiles())
        QTest::newRow(name.c_str()) << name;
}

void TokenizerGoldenTest::cases()
{
    REQUIRE_GOLDEN();
    QFETCH(std::string, name);
    CaseFile file(name);
    const QByteArray error = file.open();
    QVERIFY2(error.isEmpty(), error);
    const Score score = file.run();
    table_.push_back({QTest::currentDataTag(), score});
    tokenizers_.count(score.cases, score.passed);
    if (score.skipped > 0)
        tokenizers_.skip(score.skipped, "the reference's WordPiece loses the vowels of these strings");
    QVERIFY2(score.cases > 0 && score.passed == score.cases, describe(score));
}

void TokenizerGoldenTest::publishedPieces_data()
{
    REQUIRE_GOLDEN();
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::vector<Ids>>("lengths");
    const json pieces = readJson(goldenDir() / "tokenizers/pieces.json");
    for (const json& group : pieces["groups"])
        for (const std::string name : group["pre"])
            QTest::newRow(name.c_str()) << name << group["lengths"].get<std::vector<Ids>>();
}

void TokenizerGoldenTest::publishedPieces()
{
    REQUIRE_GOLDEN();
    QFETCH(std::string, name);
    QFETCH(std::vector<Ids>, lengths);
    const auto* rule = find_pretokenizer(name);
    QVERIFY(rule);
    const auto pretokenizer = PreTokenizer::create(rule->steps);
    QVERIFY(pretokenizer);
    const json strings = readJson(goldenDir() / "tokenizers/strings.json")["strings"];
    QCOMPARE(lengths.size(), strings.size());
    Score score;
    for (size_t i = 0; i < strings.size(); ++i) {
        const auto text = strings[i].get<std::string>();
        Ids pieces;
        for (const std::string_view piece : pretokenizer->split(text))
            pieces.push_back(int32_t(piece.size()));
        score.count(pieces == lengths[i], [&] {
            return QByteArray::fromStdString(text).toPercentEncoding(" ") + "\n    got      " + show(pieces)
                + "\n    expected " + show(lengths[i]);
        });
    }
    pieces_.count(score.cases, score.passed);
    table_.push_back({"pieces of " + QByteArray::fromStdString(name), score});
    QVERIFY2(score.passed == score.cases, describe(score));
}

void TokenizerGoldenTest::brokenVocabulariesAreReported_data()
{
    REQUIRE_GOLDEN();
    QTest::addColumn<std::string>("file");
    QTest::addColumn<std::string>("kind");
    QTest::addColumn<bool>("mayWarn");
    const json index = readJson(goldenDir() / "bad-gguf/index.json");
    for (const json& entry : index["cases"])
        if (entry["stage"] == "tokenizer")
            QTest::newRow(entry["file"].get<std::string>().c_str())
                << entry["file"].get<std::string>() << entry["kind"].get<std::string>()
                << (entry["must"] == "reject_or_warn");
}

void TokenizerGoldenTest::brokenVocabulariesAreReported()
{
    REQUIRE_GOLDEN();
    QFETCH(std::string, file);
    QFETCH(std::string, kind);
    QFETCH(bool, mayWarn);
    const auto opened = gguf::File::open(goldenDir() / "bad-gguf" / file);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto tokenizer = Tokenizer::create(opened->metadata());
    if (tokenizer) {
        QVERIFY(mayWarn);
        QVERIFY(!(*tokenizer)->warnings().empty());
        const Ids ids = (*tokenizer)->encode("Hello <s> wörld \xff 😀", AddSpecial::yes, SpecialText::parse);
        QVERIFY((*tokenizer)->decode(ids, true).contains("Hello"));
        return;
    }
    const std::map<std::string, ErrorKind> kinds = {
        {"missing_metadata", ErrorKind::missing_metadata},
        {"wrong_metadata_type", ErrorKind::wrong_metadata_type},
        {"invalid_tokenizer", ErrorKind::invalid_tokenizer},
    };
    QCOMPARE(int(tokenizer.error().kind), int(kinds.at(kind)));
    QVERIFY(!tokenizer.error().message.empty());
}

void TokenizerGoldenTest::cleanupTestCase()
{
    int cases = 0, passed = 0;
    for (const Row& row : table_) {
        qInfo("%-28s %5d cases %5d passed", row.name.constData(), row.score.cases, row.score.passed);
        cases += row.score.cases;
        passed += row.score.passed;
    }
    qInfo("%-28s %5d cases %5d passed", "total", cases, passed);
}

QTEST_GUILESS_MAIN(TokenizerGoldenTest)
#include "tokenizer_golden_test.moc"
