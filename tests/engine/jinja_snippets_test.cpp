// The language, feature by feature: one-line templates with what they give.
#include "chat/chat_template.h"
#include "support/golden.h"
#include "support/golden_tally.h"

#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

using namespace rocmforge;
using nlohmann::ordered_json;

namespace {

ordered_json readJson(const std::filesystem::path& path)
{
    return ordered_json::parse(test::readArray<char>(path));
}

RenderEnvironment environmentAt(const std::string& now)
{
    std::tm date{};
    std::istringstream(now) >> std::get_time(&date, "%Y-%m-%dT%H:%M:%S");
    std::mktime(&date);
    return {.now = date, .limits = {}};
}

std::string errorName(const std::string& kind)
{
    return kind == "syntax" ? "TemplateSyntaxError" : kind;
}

/// Empty when the snippet does what it should, else what is wrong.
std::string complaint(const ordered_json& snippet, const ordered_json& context,
                      const RenderEnvironment& environment)
{
    const auto parsed = ChatTemplate::parse(snippet.at("template").get<std::string>());
    const auto text = parsed ? parsed->render(context, environment) : std::unexpected(parsed.error());
    if (snippet.contains("expected")) {
        if (!text)
            return text.error().message;
        return *text == snippet.at("expected").get<std::string>() ? "" : "got " + *text;
    }
    if (text)
        return "no error but " + *text;
    const auto kind = errorName(snippet.at("error").at("kind").get<std::string>());
    const auto message = snippet.at("error").at("message").get<std::string>();
    const std::string& said = text.error().message;
    if (kind == "raise_exception")
        return said == message ? "" : "said " + said;
    return said.contains(kind + ": " + message) ? "" : "said " + said;
}

void addRows(const ordered_json& file)
{
    QTest::addColumn<QByteArray>("snippet");
    for (const ordered_json& snippet : file.at("cases"))
        QTest::newRow(snippet.at("id").get<std::string>().c_str())
            << QByteArray::fromStdString(snippet.dump());
}

/// What the interpreter leaves out on purpose.
const std::map<std::string, const char*> left_out{
    {"methods-26", "there is no bytes type, so text has no encode()"},
    {"globals-9", "lipsum makes placeholder text, which no prompt needs"},
};

} // namespace

class JinjaSnippetsTest : public QObject {
    Q_OBJECT

private slots:
    void snippet_data();
    void snippet();
    void goldenSnippets();
};

void JinjaSnippetsTest::snippet_data()
{
    addRows(readJson(test::dataDir() / "chat-snippets.json"));
}

void JinjaSnippetsTest::snippet()
{
    static const ordered_json file = readJson(test::dataDir() / "chat-snippets.json");
    QFETCH(const QByteArray, snippet);
    const auto wrong = complaint(ordered_json::parse(snippet), file.at("context"),
                                 environmentAt(file.at("now").get<std::string>()));
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void JinjaSnippetsTest::goldenSnippets()
{
    REQUIRE_GOLDEN();
    const ordered_json file = readJson(test::goldenDir() / "chat_templates/jinja-snippets.json");
    const RenderEnvironment environment = environmentAt(file.at("now").get<std::string>());
    test::GoldenTally tally("snippets");
    int failed = 0;
    for (const ordered_json& snippet : file.at("cases")) {
        const auto id = snippet.at("id").get<std::string>();
        const auto wrong = complaint(snippet, file.at("context"), environment);
        const auto reason = left_out.find(id);
        if (wrong.empty()) {
            tally.count(1, 1);
        } else if (reason != left_out.end()) {
            tally.skip(1, reason->second);
        } else {
            tally.count(1, 0);
            ++failed;
            qWarning("%s: %s", id.c_str(), wrong.c_str());
        }
    }
    QCOMPARE(failed, 0);
}

QTEST_APPLESS_MAIN(JinjaSnippetsTest)
#include "jinja_snippets_test.moc"
