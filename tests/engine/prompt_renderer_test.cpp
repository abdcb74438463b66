#include "scheduler/prompt_renderer.h"

#include "support/golden.h"

#include <QtTest>

using namespace rocmforge;

class PromptRendererTest : public QObject {
    Q_OBJECT

private:
    std::optional<gguf::File> file_;
    gguf::Metadata metadata_;
    std::unique_ptr<Tokenizer> tokenizer_;
    const std::vector<ChatMessage> messages_ = {{"user", "hi"}};

    void open(const char* name)
    {
        file_ = gguf::File::open(test::dataDir() / name).value();
        metadata_ = file_->metadata();
    }
    PromptRenderer renderer(std::string_view chat_template)
    {
        metadata_.set("tokenizer.chat_template", chat_template);
        return renderer();
    }
    PromptRenderer renderer()
    {
        tokenizer_ = Tokenizer::create(metadata_).value();
        return PromptRenderer::create(metadata_, *tokenizer_).value();
    }

private slots:
    void init() { open("tokenizer-tiny-spm.gguf"); }
    void bosComesOnce_data();
    void bosComesOnce();
    void endOfSequenceIsNotAdded();
    void unreadableTemplateFallsBackToChatMl_data();
    void unreadableTemplateFallsBackToChatMl();
    void complaintOfTheTemplateIsAnError();
    void specialTokensOfTheTemplateAreParsed();
};

void PromptRendererTest::bosComesOnce_data()
{
    QTest::addColumn<bool>("wanted");
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<int>("count");
    QTest::newRow("the template writes it")
        << true << QByteArray("{{ bos_token }}{{ messages[0].content }}") << 1;
    QTest::newRow("the template does not") << true << QByteArray("{{ messages[0].content }}") << 1;
    QTest::newRow("nothing at all") << true << QByteArray("{% if false %}{% endif %}") << 1;
    QTest::newRow("not wanted") << false << QByteArray("{{ messages[0].content }}") << 0;
    QTest::newRow("not wanted but written") << false << QByteArray("{{ bos_token }}x") << 1;
}

void PromptRendererTest::bosComesOnce()
{
    QFETCH(const bool, wanted);
    QFETCH(const QByteArray, source);
    metadata_.set("tokenizer.ggml.add_bos_token", wanted);
    const auto prompt = renderer(source.toStdString()).render(messages_, {}).value();
    QTEST(static_cast<int>(std::ranges::count(prompt.tokens, tokenizer_->bos())), "count");
}

void PromptRendererTest::endOfSequenceIsNotAdded()
{
    metadata_.set("tokenizer.ggml.add_eos_token", true);
    const auto prompt = renderer("hi").render(messages_, {}).value();
    QVERIFY(prompt.tokens.back() != tokenizer_->eos());
}

void PromptRendererTest::unreadableTemplateFallsBackToChatMl_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QString>("reason");
    QTest::newRow("none") << QByteArray() << "no chat template";
    QTest::newRow("broken") << QByteArray("{% if %}") << "";
}

void PromptRendererTest::unreadableTemplateFallsBackToChatMl()
{
    QFETCH(const QByteArray, source);
    QFETCH(const QString, reason);
    const std::string text = source.toStdString();
    const auto prompt = renderer(text).render(messages_, {}).value();
    QVERIFY(prompt.fallback);
    QVERIFY(!prompt.fallback_reason.empty());
    QVERIFY2(prompt.fallback_reason.contains(reason.toStdString()), prompt.fallback_reason.c_str());
    QCOMPARE(prompt.text, std::string("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"));
}

void PromptRendererTest::complaintOfTheTemplateIsAnError()
{
    const auto prompt = renderer("{{ raise_exception('Roles must alternate.') }}").render(messages_, {});
    QVERIFY(!prompt);
    QVERIFY(prompt.error().message.contains("Roles must alternate."));
}

void PromptRendererTest::specialTokensOfTheTemplateAreParsed()
{
    const auto prompt = renderer("{{ bos_token }}{{ eos_token }}").render(messages_, {}).value();
    QCOMPARE(prompt.tokens, (std::vector<int32_t>{tokenizer_->bos(), tokenizer_->eos()}));
    QVERIFY(!prompt.fallback);
}

QTEST_APPLESS_MAIN(PromptRendererTest)
#include "prompt_renderer_test.moc"
