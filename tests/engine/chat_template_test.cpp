#include "chat/chat_template.h"

#include <QtTest>

#include <chrono>
#include <thread>

using namespace rocmforge;
using nlohmann::ordered_json;

namespace {

Result<std::string> render(std::string_view source, const ordered_json& variables = ordered_json::object())
{
    TRY(const ChatTemplate parsed, ChatTemplate::parse(source));
    return parsed.render(variables);
}

const std::vector<ChatMessage> hello{{"system", "Be brief."}, {"user", "Hi"}};

/// As long as templates of real models get, and touching every message many times.
std::string largeTemplate()
{
    std::string source =
        "{%- set ns = namespace(last_user=-1) -%}"
        "{%- macro shown(content) -%}{%- if content is string -%}{{ content | trim }}"
        "{%- else -%}{{ content | tojson }}{%- endif -%}{%- endmacro -%}"
        "{%- for message in messages[::-1] -%}"
        "{%- if ns.last_user < 0 and message.role == 'user' -%}"
        "{%- set ns.last_user = messages | length - 1 - loop.index0 -%}{%- endif -%}{%- endfor -%}"
        "{%- for message in messages -%}";
    for (int i = 0; i < 40; ++i)
        source += "{%- if message.role == 'role" + std::to_string(i)
            + "' and message.content is defined -%}{{ message.content.split('x')[-1] }}{%- endif -%}";
    return source
        + "{{ '<|im_start|>' + message.role + '\\n' }}"
          "{%- set content = message.content -%}"
          "{%- if '</think>' in content -%}{%- set content = content.split('</think>')[-1].lstrip('\\n') "
          "-%}{%- endif -%}"
          "{{ shown(content) }}{{ '<|im_end|>' }}{%- endfor -%}";
}

} // namespace

class ChatTemplateTest : public QObject {
    Q_OBJECT

private slots:
    void chatMlIsWhatItSays();
    void variablesAreMessagesTokensAndOptions();
    void optionThatIsNoJsonIsText();
    void complaintComesWordForWord();
    void failureTellsLineAndError_data();
    void failureTellsLineAndError();
    void nullIsNoneAndAbsentIsUndefined();
    void clockIsLocalTime();
    void oneTemplateServesManyThreads();
    void malformedTextPassesThrough();
    void longConversationIsFast();
};

void ChatTemplateTest::chatMlIsWhatItSays()
{
    const auto variables = template_variables(hello, "<s>", "</s>", {});
    QCOMPARE(render(chatml_template(), variables).value(),
             std::string("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                         "<|im_start|>assistant\n"));
}

void ChatTemplateTest::variablesAreMessagesTokensAndOptions()
{
    const RenderOptions options{.add_generation_prompt = false, .variables = {{"enable_thinking", "false"}}};
    const auto variables = template_variables(hello, "<s>", "</s>", options);
    QCOMPARE(render("{{ bos_token }}{{ eos_token }}{{ messages[1].content }}{{ add_generation_prompt }}"
                    "{{ enable_thinking is false }}{{ tools is defined }}",
                    variables)
                 .value(),
             std::string("<s></s>HiFalseTrueFalse"));
}

void ChatTemplateTest::optionThatIsNoJsonIsText()
{
    const RenderOptions options{.variables = {{"reasoning_effort", "high"}}};
    QCOMPARE(render("{{ reasoning_effort }}", template_variables({}, "", "", options)).value(),
             std::string("high"));
}

void ChatTemplateTest::complaintComesWordForWord()
{
    const auto text = render("\n{{ raise_exception('Roles must alternate!') }}");
    QVERIFY(!text);
    QVERIFY(text.error().kind == ErrorKind::invalid_template);
    QCOMPARE(text.error().message, std::string("Roles must alternate!"));
    QVERIFY(text.error().remedy.contains("line 2"));
}

void ChatTemplateTest::failureTellsLineAndError_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("message");
    QTest::newRow("cannot be read") << "a\n{% if x %}\n{% endfor %}"
                                    << "line 3: TemplateSyntaxError: Encountered unknown tag";
    QTest::newRow("cannot be read, in a tag") << "{{\n\n1 + }}" << "line 3: TemplateSyntaxError: unexpected";
    QTest::newRow("type") << "\n\n{{ 'a' + 1 }}" << "line 3: TypeError: can only concatenate str";
    QTest::newRow("undefined") << "{% set x = 1 %}\n{{ y.z }}" << "line 2: UndefinedError: 'y' is undefined";
    QTest::newRow("behind a macro call")
        << "{% macro m() %}\n\n{% endmacro %}\n{{ m() + 1 }}" << "line 4: TypeError";
    QTest::newRow("inside a macro") << "{% macro m() %}\n{{ 1 / 0 }}\n{% endmacro %}\n{{ m() }}"
                                    << "line 2: ZeroDivisionError";
    QTest::newRow("windows line ends") << "\r\n\r\n{{ 1 / 0 }}" << "line 3: ZeroDivisionError";
}

void ChatTemplateTest::failureTellsLineAndError()
{
    QFETCH(const QString, source);
    QFETCH(const QString, message);
    const auto text = render(source.toStdString());
    QVERIFY(!text);
    QVERIFY(text.error().kind == ErrorKind::invalid_template);
    QVERIFY2(text.error().message.contains(message.toStdString()), text.error().message.c_str());
    QVERIFY(!text.error().remedy.empty());
}

void ChatTemplateTest::nullIsNoneAndAbsentIsUndefined()
{
    QCOMPARE(render("{{ a is none }}{{ a is defined }}{{ b is none }}{{ b is defined }}", {{"a", nullptr}})
                 .value(),
             std::string("TrueTrueFalseFalse"));
}

void ChatTemplateTest::clockIsLocalTime()
{
    const std::time_t now = std::time(nullptr);
    const auto year = render("{{ strftime_now('%Y') }}").value();
    QVERIFY(std::abs(std::stoi(year) - (std::localtime(&now)->tm_year + 1900)) <= 1);
}

void ChatTemplateTest::oneTemplateServesManyThreads()
{
    const auto source = ChatTemplate::parse(largeTemplate()).value();
    const auto variables = template_variables(hello, "", "", {});
    const std::string expected = source.render(variables).value();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 50; ++j)
                wrong += source.render(variables).value() != expected;
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(wrong.load(), 0);
}

void ChatTemplateTest::malformedTextPassesThrough()
{
    const std::string broken = "a\xFF\x80\x80z\xC3";
    QCOMPARE(render("{{ x }}{{ x | trim }}{{ x[0] }}{{ x | length }}", {{"x", broken}}).value(),
             broken + broken + "a4");
    QVERIFY(render("{{ x | upper }}{{ x | tojson }}{{ [x] }}{{ x[::-1] }}{{ x.split() }}", {{"x", broken}})
                .has_value());
}

void ChatTemplateTest::longConversationIsFast()
{
    std::vector<ChatMessage> messages;
    for (int i = 0; i < 100; ++i) {
        messages.push_back({"user", std::string(400, 'u') + " é"});
        messages.push_back({"assistant", "<think>\n" + std::string(600, 't') + "\n</think>\n\nAnswer."});
    }
    const auto source = ChatTemplate::parse(largeTemplate()).value();
    const auto variables = template_variables(messages, "", "", {});
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(source.render(variables).has_value());
        const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count());
    }
    qInfo("200 messages through %zu kB of template: %.1f ms", largeTemplate().size() / 1000, best);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY(best < 20);
#endif
}

QTEST_APPLESS_MAIN(ChatTemplateTest)
#include "chat_template_test.moc"
