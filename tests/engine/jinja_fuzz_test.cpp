// Mutated templates: whatever the source, there is text or an error, soon.
#include "chat/chat_template.h"
#include "support/golden.h"

#include <nlohmann/json.hpp>

#include <random>

using namespace rocmforge;
using nlohmann::ordered_json;

namespace {

/// Bounded so that a template that asks for too much costs milliseconds.
constexpr jinja::Limits small{.steps = 100'000, .memory = 8 << 20, .output = 1 << 20, .depth = 200};

const ordered_json& snippetFile()
{
    static const auto file =
        ordered_json::parse(test::readArray<char>(test::dataDir() / "chat-snippets.json"));
    return file;
}

std::vector<std::string> sources()
{
    std::vector<std::string> out;
    for (const ordered_json& snippet : snippetFile().at("cases"))
        out.push_back(snippet.at("template").get<std::string>());
    const auto golden = test::goldenDir() / "chat_templates";
    if (!std::filesystem::exists(golden))
        return out;
    for (const auto& entry : std::filesystem::directory_iterator(golden)) {
        if (entry.path().extension() != ".jinja")
            continue;
        const auto bytes = test::readArray<char>(entry.path());
        out.emplace_back(bytes.begin(), bytes.end());
    }
    return out;
}

class Mutator {
public:
    explicit Mutator(std::vector<std::string> sources)
        : m_sources(std::move(sources))
    {
    }

    std::string next()
    {
        std::string source = any();
        for (size_t i = 1 + below(4); i > 0; --i)
            mutate(source);
        return source;
    }

private:
    size_t below(size_t limit) { return limit == 0 ? 0 : m_random() % limit; }
    const std::string& any() { return m_sources[below(m_sources.size())]; }

    std::string piece()
    {
        static const std::vector<std::string> tokens{"{%",
                                                     "%}",
                                                     "{{",
                                                     "}}",
                                                     "{#",
                                                     "#}",
                                                     "-%}",
                                                     "{%-",
                                                     "(",
                                                     ")",
                                                     "[",
                                                     "]",
                                                     "{",
                                                     "}",
                                                     "|",
                                                     ".",
                                                     ",",
                                                     ":",
                                                     "~",
                                                     "**",
                                                     " if ",
                                                     " else ",
                                                     " for ",
                                                     " in ",
                                                     " not ",
                                                     " is ",
                                                     "'",
                                                     "\"",
                                                     "\\",
                                                     "\n",
                                                     "\xFF",
                                                     "\xE2\x82",
                                                     "é",
                                                     "9999999999",
                                                     "{% endif %}",
                                                     "{% endfor %}",
                                                     "{% set x = messages %}",
                                                     "|tojson",
                                                     "|length",
                                                     "[::-1]",
                                                     "loop",
                                                     "none",
                                                     "0",
                                                     "-1"};
        if (below(2) == 0)
            return tokens[below(tokens.size())];
        const std::string& other = any();
        return other.substr(below(other.size()), 1 + below(40));
    }

    void mutate(std::string& source)
    {
        const size_t at = below(source.size() + 1);
        switch (below(4)) {
        case 0:
            source.erase(at, 1 + below(12));
            break;
        case 1:
            source.insert(at, piece());
            break;
        case 2:
            if (at < source.size())
                source[at] = static_cast<char>(m_random());
            break;
        default:
            source.insert(at, source.substr(below(source.size()), below(60)));
        }
    }

    std::vector<std::string> m_sources;
    std::mt19937 m_random{20250115};
};

ordered_json variables()
{
    ordered_json out = snippetFile().at("context");
    out.update(template_variables(
        std::vector<ChatMessage>{{"system", "S"}, {"user", "é\xFF"}, {"assistant", "<think>a</think>b"}},
        "<s>", "</s>", {}));
    return out;
}

} // namespace

class JinjaFuzzTest : public QObject {
    Q_OBJECT

private slots:
    void mutatedSourceGivesTextOrError();
};

void JinjaFuzzTest::mutatedSourceGivesTextOrError()
{
    Mutator mutator(sources());
    const ordered_json given = variables();
    QElapsedTimer total;
    total.start();
    int rendered = 0, failed = 0, unreadable = 0;
    while (total.elapsed() < 4000) {
        const std::string source = mutator.next();
        QElapsedTimer timer;
        timer.start();
        const auto parsed = ChatTemplate::parse(source);
        const auto text =
            parsed ? parsed->render(given, {.now = {}, .limits = small}) : std::unexpected(parsed.error());
        QVERIFY2(timer.elapsed() < 2000, source.c_str());
        QVERIFY2(text || !text.error().message.empty(), source.c_str());
        unreadable += !parsed;
        failed += parsed && !text;
        rendered += text.has_value();
    }
    qInfo("%d rendered, %d failed, %d could not be read", rendered, failed, unreadable);
    QVERIFY(rendered > 0 && failed > 0 && unreadable > 0);
}

QTEST_APPLESS_MAIN(JinjaFuzzTest)
#include "jinja_fuzz_test.moc"
