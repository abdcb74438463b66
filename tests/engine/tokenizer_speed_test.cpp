// A pasted megabyte of any text tokenizes in half a second: no text makes the work quadratic.
#include "support/golden.h"
#include "tokenizer/pretokenizer.h"
#include "tokenizer_fixture.h"

#include <ctime>
#include <functional>
#include <random>
#include <set>

using namespace rocmforge;

namespace {

#if defined(__has_feature)
#define ROCMFORGE_HAS_FEATURE(feature) __has_feature(feature)
#else
#define ROCMFORGE_HAS_FEATURE(feature) false
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr bool instrumented = true;
#else
constexpr bool instrumented =
    ROCMFORGE_HAS_FEATURE(address_sanitizer) || ROCMFORGE_HAS_FEATURE(thread_sanitizer);
#endif

constexpr size_t megabyte = size_t{1} << 20;
/// Instrumented code is slow; an eighth of the text still makes quadratic work stand out.
constexpr size_t textBytes = instrumented ? megabyte / 8 : megabyte;
/// Processor seconds.
constexpr double budget = instrumented ? 5.0 : 0.5;

std::string repeated(std::string_view part)
{
    std::string text;
    while (text.size() < textBytes)
        text += part;
    return text;
}

std::string drawn(const std::function<char(unsigned)>& character)
{
    std::mt19937 random(1);
    std::string text;
    for (size_t i = 0; i < textBytes; ++i)
        text += character(random());
    return text;
}

struct Text {
    const char* name;
    std::string bytes;
};

const std::vector<Text>& texts()
{
    static const std::vector<Text> texts = {
        {"prose", repeated("The quick brown fox isn't 42 years old, is it?\n\n")},
        {"one letter", repeated("a")},
        {"one capital", repeated("A")},
        {"spaces", repeated(" ") + 'x'},
        {"newlines, then spaces", std::string(textBytes / 2, '\n') + std::string(textBytes / 2, ' ') + 'x'},
        {"digits", repeated("1234567890") + 'x'},
        {"underscores", repeated("_")},
        {"less-than signs", repeated("<|")},
        {"Chinese", repeated("今天天气很好我们去公园")},
        {"emoji", repeated("😀👍🏽")},
        {"letters, no spaces", drawn([](unsigned r) { return char('a' + r % 26); })},
        {"single letters", repeated("a B ")},
        {"any bytes", drawn([](unsigned r) { return char(r); })},
    };
    return texts;
}

std::vector<std::string> distinctPretokenizers()
{
    std::set<const SplitStep*> seen;
    std::vector<std::string> names;
    for (const PreTokenizerRule& rule : pretokenizers())
        if (seen.insert(rule.steps.data()).second)
            names.emplace_back(rule.name);
    return names;
}

double secondsFor(const std::function<void()>& work)
{
    const std::clock_t start = std::clock();
    work();
    return double(std::clock() - start) / CLOCKS_PER_SEC;
}

} // namespace

class TokenizerSpeedTest : public QObject {
    Q_OBJECT

private slots:
    void aMegabyteIsQuick_data();
    void aMegabyteIsQuick();
};

void TokenizerSpeedTest::aMegabyteIsQuick_data()
{
    QTest::addColumn<std::string>("path");
    QTest::addColumn<std::string>("pre");
    const std::string data = test::dataDir(), golden = test::goldenDir() / "tokenizers";
    QTest::newRow("tiny-spm") << data + "/tokenizer-tiny-spm.gguf" << std::string();
    for (const std::string& pre : distinctPretokenizers())
        QTest::newRow(("tiny-bpe " + pre).c_str()) << data + "/tokenizer-tiny-bpe.gguf" << pre;
    for (const char* name : {"gpt-2", "llama-spm", "bert-bge"})
        if (const std::string path = golden + "/ggml-vocab-" + name + ".gguf"; std::filesystem::exists(path))
            QTest::newRow(name) << path << std::string();
}

void TokenizerSpeedTest::aMegabyteIsQuick()
{
    QFETCH(std::string, path);
    QFETCH(std::string, pre);
    const auto file = gguf::File::open(path);
    QVERIFY(file);
    gguf::Metadata metadata = file->metadata();
    if (!pre.empty())
        metadata.set("tokenizer.ggml.pre", std::string_view(pre));
    const auto tokenizer = Tokenizer::create(metadata);
    QVERIFY(tokenizer);
    double slowest = 0;
    const char* culprit = "";
    for (const Text& text : texts()) {
        const double seconds =
            secondsFor([&] { (void)(*tokenizer)->encode(text.bytes, AddSpecial::no, SpecialText::parse); });
        if (seconds > slowest) {
            slowest = seconds;
            culprit = text.name;
        }
    }
    qInfo("slowest %zu KiB: %.0f ms, %s", textBytes >> 10, slowest * 1000, culprit);
    QVERIFY2(slowest < budget, culprit);
}

QTEST_GUILESS_MAIN(TokenizerSpeedTest)
#include "tokenizer_speed_test.moc"
