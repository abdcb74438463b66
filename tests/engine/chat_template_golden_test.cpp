// Every case of golden/chat_templates: real templates with conversations, and the prompts they give.
#include "chat/chat_template.h"
#include "support/golden.h"
#include "support/golden_tally.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <sstream>

using namespace rocmforge;
using nlohmann::ordered_json;

namespace {

const std::filesystem::path& directory()
{
    static const std::filesystem::path path = test::goldenDir() / "chat_templates";
    return path;
}

std::string readText(const std::filesystem::path& path)
{
    const auto bytes = test::readArray<char>(path);
    return {bytes.begin(), bytes.end()};
}

const ordered_json& conversations()
{
    static const ordered_json file = ordered_json::parse(readText(directory() / "conversations.json"));
    return file;
}

ordered_json variablesOf(const ordered_json& golden)
{
    ordered_json variables = golden.at("variables");
    if (variables.contains("tools") && variables["tools"] == "TOOLS")
        variables["tools"] = conversations().at("tools");
    variables["messages"] =
        conversations().at("conversations").at(golden.at("conversation").get<std::string>());
    return variables;
}

RenderEnvironment environmentAt(const std::string& now)
{
    std::tm date{};
    std::istringstream(now) >> std::get_time(&date, "%Y-%m-%dT%H:%M:%S");
    std::mktime(&date);
    return {.now = date, .limits = {}};
}

enum class Outcome { passed, lenient, failed };

/// The text must be exact; a template's own complaint too. Of other errors, the template was not made
/// for that input: failing is right, a result is tolerated.
Outcome outcome(const ordered_json& golden, const Result<std::string>& text)
{
    if (golden.contains("expected"))
        return text && *text == golden.at("expected").get<std::string>() ? Outcome::passed : Outcome::failed;
    const auto kind = golden.at("error").at("kind").get<std::string>();
    const auto message = golden.at("error").at("message").get<std::string>();
    if (kind == "raise_exception")
        return !text && text.error().message == message ? Outcome::passed : Outcome::failed;
    return !text && text.error().message.contains(kind + ": " + message) ? Outcome::passed : Outcome::lenient;
}

struct Score {
    int cases = 0;
    int passed = 0;
    int lenient = 0;
    std::string firstFailure;
};

Score score(const std::string& name)
{
    const auto file = ordered_json::parse(readText(directory() / (name + ".cases.json")));
    const auto source = ChatTemplate::parse(readText(directory() / file.at("template").get<std::string>()));
    const RenderEnvironment environment = environmentAt(file.at("now").get<std::string>());
    Score score;
    for (const ordered_json& golden : file.at("cases")) {
        const auto text =
            source ? source->render(variablesOf(golden), environment) : std::unexpected(source.error());
        const Outcome result = outcome(golden, text);
        ++score.cases;
        score.passed += result == Outcome::passed;
        score.lenient += result == Outcome::lenient;
        if (result == Outcome::failed && score.firstFailure.empty())
            score.firstFailure =
                golden.at("conversation").get<std::string>() + ": " + (text ? *text : text.error().message);
    }
    return score;
}

std::vector<std::string> templateNames()
{
    constexpr std::string_view suffix = ".cases.json";
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
        const std::string file = entry.path().filename().string();
        if (file.ends_with(suffix))
            names.push_back(file.substr(0, file.size() - suffix.size()));
    }
    std::ranges::sort(names);
    return names;
}

} // namespace

class ChatTemplateGoldenTest : public QObject {
    Q_OBJECT

private slots:
    void promptsAreExact();
};

void ChatTemplateGoldenTest::promptsAreExact()
{
    REQUIRE_GOLDEN();
    int cases = 0, passed = 0, lenient = 0;
    QByteArrayList failures;
    for (const std::string& name : templateNames()) {
        const Score result = score(name);
        qInfo("%-60s %3d cases, %3d passed, %d tolerated", name.c_str(), result.cases, result.passed,
              result.lenient);
        cases += result.cases;
        passed += result.passed;
        lenient += result.lenient;
        if (!result.firstFailure.empty())
            failures += QByteArray::fromStdString(name + ", " + result.firstFailure);
    }
    qInfo("all: %d cases, %d passed, %d tolerated, 0 skipped", cases, passed, lenient);
    test::GoldenTally("chat_templates").count(cases, passed + lenient);
    QVERIFY(cases > 0);
    QVERIFY2(failures.isEmpty(), failures.join('\n').constData());
}

QTEST_APPLESS_MAIN(ChatTemplateGoldenTest)
#include "chat_template_golden_test.moc"
