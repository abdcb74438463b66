// The demo model end to end: greedy answers equal those of the reference, whatever runs beside them.
#include "support/answer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <deque>
#include <filesystem>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Tokens = std::vector<int32_t>;

constexpr int n_generated = 48; ///< per answer in the reference

struct Case {
    std::vector<ChatMessage> messages;
    std::string prompt;
    Tokens prompt_tokens;
    Tokens answer; ///< with the stop token
    std::string text;
};

std::filesystem::path demo(const char* file)
{
    return std::filesystem::path(ROCMFORGE_SOURCE_DIR) / "resources/demo-model" / file;
}

Tokens tokens_of(const QJsonValue& value)
{
    Tokens tokens;
    for (const QJsonValue& token : value.toArray())
        tokens.push_back(token.toInt());
    return tokens;
}

Case case_of(const QJsonObject& object)
{
    Case c;
    for (const QJsonValue& message : object["messages"].toArray())
        c.messages.push_back(
            {message["role"].toString().toStdString(), message["content"].toString().toStdString()});
    c.prompt = object["prompt"].toString().toStdString();
    c.prompt_tokens = tokens_of(object["prompt_ids"]);
    c.answer = tokens_of(object["q8_0"]["ids"]);
    c.text = object["q8_0"]["text"].toString().toStdString();
    return c;
}

std::vector<Case> read_cases()
{
    QFile file(QString::fromStdString(demo("expected.json").string()));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::vector<Case> cases;
    for (const QJsonValue& value : QJsonDocument::fromJson(file.readAll())["cases"].toArray())
        cases.push_back(case_of(value.toObject()));
    return cases;
}

Tokens with_stop_token(const Answer& answer)
{
    Tokens tokens = answer.tokens;
    if (answer.finished->token >= 0)
        tokens.push_back(answer.finished->token);
    return tokens;
}

} // namespace

class EmberTest : public QObject {
    Q_OBJECT

private:
    const std::vector<Case> cases_ = read_cases();
    std::unique_ptr<Engine> engine_;
    std::deque<Answer> answers_;

    void load(LoadOptions options = {})
    {
        options.n_threads = 2;
        engine_ = Engine::load(demo("ember-10m-q8_0.gguf"), options).value();
        answers_.clear();
    }
    Answer& submit(const Case& c)
    {
        Answer& answer = answers_.emplace_back();
        Request request;
        request.prompt = c.prompt_tokens;
        request.sampling.temperature = 0;
        request.max_tokens = n_generated;
        request.on_event = answer.receiver();
        (void)engine_->submit(std::move(request));
        return answer;
    }
    void finishAll()
    {
        while (engine_->step()) { }
    }
    void compareAll()
    {
        QCOMPARE(answers_.size(), cases_.size());
        for (size_t i = 0; i < cases_.size(); ++i) {
            QCOMPARE(with_stop_token(answers_[i]), cases_[i].answer);
            QVERIFY(answers_[i].in_order);
        }
    }

private slots:
    void initTestCase();
    void promptIsRenderedAndTokenized_data() { rows(); }
    void promptIsRenderedAndTokenized();
    void answersAsTheReference_data() { rows(); }
    void answersAsTheReference();
    void answersAsTheReferenceFromAWarmCache();
    void answersAsTheReferenceAllAtOnce_data();
    void answersAsTheReferenceAllAtOnce();
    void answersAsTheReferenceFromAn8BitCache();
    void followUpComputesOnlyWhatIsNew();

private:
    void rows();
};

void EmberTest::initTestCase()
{
    QCOMPARE(cases_.size(), size_t(40));
    load();
}

void EmberTest::rows()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < std::ssize(cases_); ++i)
        QTest::addRow("%d %s", i, cases_[static_cast<size_t>(i)].messages.back().content.c_str()) << i;
}

void EmberTest::promptIsRenderedAndTokenized()
{
    QFETCH(const int, index);
    const Case& c = cases_[static_cast<size_t>(index)];
    const auto rendered = engine_->render(c.messages);
    QVERIFY2(rendered, rendered ? "" : rendered.error().message.c_str());
    QCOMPARE(rendered->text, c.prompt);
    QCOMPARE(rendered->tokens, c.prompt_tokens);
    QVERIFY(!rendered->fallback);
}

void EmberTest::answersAsTheReference()
{
    QFETCH(const int, index);
    const Case& c = cases_[static_cast<size_t>(index)];
    const Answer& answer = submit(c);
    finishAll();
    QCOMPARE(with_stop_token(answer), c.answer);
    QCOMPARE(QString::fromStdString(answer.text), QString::fromStdString(c.text));
    QVERIFY(answer.in_order);
}

void EmberTest::answersAsTheReferenceFromAWarmCache()
{
    LoadOptions options;
    options.kv_tokens = 8192;
    load(options);
    for (int round = 0; round < 2; ++round) {
        answers_.clear();
        for (const Case& c : cases_) {
            submit(c);
            finishAll();
        }
        compareAll();
    }
    for (size_t i = 0; i < cases_.size(); ++i)
        QCOMPARE(answers_[i].finished->statistics.reused_tokens,
                 static_cast<int>(cases_[i].prompt_tokens.size()) - 1);
}

void EmberTest::answersAsTheReferenceAllAtOnce_data()
{
    QTest::addColumn<int>("kvTokens");
    QTest::addColumn<int>("prefillChunk");
    QTest::newRow("room for all") << 0 << 512;
    QTest::newRow("small chunks") << 0 << 17;
    QTest::newRow("cache too small for all") << 384 << 64;
}

void EmberTest::answersAsTheReferenceAllAtOnce()
{
    QFETCH(const int, kvTokens);
    QFETCH(const int, prefillChunk);
    LoadOptions options;
    options.kv_tokens = kvTokens;
    options.prefill_chunk = prefillChunk;
    load(options);
    for (const Case& c : cases_)
        submit(c);
    finishAll();
    compareAll();
}

void EmberTest::answersAsTheReferenceFromAn8BitCache()
{
    LoadOptions options;
    options.kv_type = KvType::q8_0;
    load(options);
    for (const Case& c : cases_)
        submit(c);
    finishAll();
    compareAll();
}

void EmberTest::followUpComputesOnlyWhatIsNew()
{
    load();
    std::vector<ChatMessage> messages = {{"user", "My name is Anna."}};
    int n_previous = 0;
    for (const char* next : {"What is my name?", "What is 12 plus 30?", "Thank you."}) {
        Case c;
        const auto rendered = engine_->render(messages);
        QVERIFY(rendered.has_value());
        c.prompt_tokens = rendered->tokens;
        const Answer& answer = submit(c);
        finishAll();
        QCOMPARE(answer.finished->reason, FinishReason::stop_token);
        QVERIFY(!answer.text.empty());
        QVERIFY(answer.finished->statistics.reused_tokens >= n_previous);
        n_previous = static_cast<int>(c.prompt_tokens.size() + answer.tokens.size()) - 1;
        messages.push_back({"assistant", answer.text});
        messages.push_back({"user", next});
    }
}

QTEST_GUILESS_MAIN(EmberTest)
#include "ember_test.moc"
