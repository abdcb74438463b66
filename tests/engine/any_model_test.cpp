// Any model you name runs: ROCMFORGE_TEST_MODEL=/path/model.gguf
#include <rocmforge/engine.h>

#include <QtTest>

using namespace rocmforge;

class AnyModelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        // ROCFORGE_TEST_MODEL is the older spelling.
        const QString path = qEnvironmentVariable("ROCMFORGE_TEST_MODEL", qEnvironmentVariable("ROCFORGE_TEST_MODEL"));
        if (path.isEmpty())
            QSKIP("set ROCMFORGE_TEST_MODEL to a GGUF file to run this");
        auto engine = Engine::load(path.toStdString(), {});
        QVERIFY2(engine, engine ? "" : (engine.error().message + " " + engine.error().remedy).c_str());
        m_engine = std::move(*engine);
    }

    void greedyAnswerIsRepeatable()
    {
        const ChatMessage message{"user", "Say hello."};
        const auto prompt = m_engine->render({&message, 1});
        QVERIFY2(prompt, prompt ? "" : prompt.error().message.c_str());
        const QString first = answer(prompt->tokens);
        QCOMPARE(answer(prompt->tokens), first); // the second time from the cache
        qInfo("%s", qPrintable(first));
    }

    void textSurvivesTokenizing()
    {
        const std::string text = "The quick brown fox: 12.5 % of it.\n";
        const auto tokens = m_engine->tokenize(text, false, false);
        QVERIFY(!tokens.empty());
        QCOMPARE(m_engine->detokenize(tokens, true), text);
    }

private:
    QString answer(const std::vector<int32_t>& prompt)
    {
        Request request;
        request.prompt = prompt;
        request.sampling.temperature = 0;
        request.max_tokens = 16;
        std::string text;
        bool finished = false;
        request.on_event = [&](const RequestEvent& event) {
            text += event.text;
            finished = event.kind == RequestEvent::Kind::finished;
            if (event.error)
                QFAIL(event.error->message.c_str());
        };
        static_cast<void>(m_engine->submit(std::move(request)));
        while (!finished)
            m_engine->step();
        return QString::fromStdString(text);
    }

    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(AnyModelTest)
#include "any_model_test.moc"
