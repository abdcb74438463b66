// What a template cannot do: take too long, take too much, overflow the stack, reach out.
#include "chat/chat_template.h"

#include <QtTest>

using namespace rocmforge;
using nlohmann::ordered_json;

namespace {

std::string repeated(std::string_view text, int times)
{
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

QString nested(const char* open, const char* close, int depth)
{
    return QString::fromStdString(repeated(open, depth) + "1" + repeated(close, depth));
}

} // namespace

class JinjaSandboxTest : public QObject {
    Q_OBJECT

private slots:
    void excessIsRefused_data();
    void excessIsRefused();
    void deepSourceIsRefused_data();
    void deepSourceIsRefused();
    void deepestAllowedSourceRenders();
    void deepVariablesAreRefused();
    void limitsAreOptions();
    void longSearchIsLinear();
    void largeConversationIsNoExcess();
    void cyclesThroughNamespacesAreSafe();
};

void JinjaSandboxTest::excessIsRefused_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* name, const QString& source, const char* error) {
        QTest::newRow(name) << source << error;
    };
    row("endless recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError");
    row("mutual recursion",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "RecursionError");
    row("recursive loop", "{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}", "RecursionError");
    row("recursion through caller",
        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}", "RecursionError");
    row("nested loops",
        QString::fromStdString(repeated("{% for x in range(99999) %}", 5) + "{{ x }}"
                               + repeated("{% endfor %}", 5)),
        "Error");
    row("empty nested loops",
        QString::fromStdString(repeated("{% for x in range(99999) %}", 5) + repeated("{% endfor %}", 5)),
        "Error");
    row("long text", "{{ 'a' * 10 ** 9 }}", "MemoryError");
    row("longest text", "{{ 'ab' * 9223372036854775807 }}", "MemoryError");
    row("long list", "{{ [1] * 10 ** 12 }}", "MemoryError");
    row("long range", "{{ range(10 ** 12) }}", "OverflowError");
    row("doubled text",
        "{% set ns = namespace(x='abcdefgh') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor "
        "%}",
        "MemoryError");
    row("doubled list",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "MemoryError");
    const QString tree =
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
        "{% set ns.y = [ns.y, ns.y] %}{% endfor %}";
    row("tree printed", tree + "{{ ns.x }}", "Error");
    row("tree as JSON", tree + "{{ ns.x | tojson }}", "Error");
    row("trees compared", tree + "{{ ns.x == ns.y }}", "TimeoutError");
    row("trees ordered", tree + "{{ ns.x < ns.y }}", "TimeoutError");
    row("tree as key",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}"
        "{{ {ns.x: 1} }}",
        "TimeoutError");
    row("deep list",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}",
        "RecursionError");
    row("wide padding", "{{ 'a'.center(10 ** 12) }}", "MemoryError");
    row("wide format", "{{ '%1000000000d' % 1 }}{{ '%.999999999f' % 1.5 }}", "MemoryError");
    row("wide brace format", "{{ '{:1000000000}'.format('a') }}", "MemoryError");
    row("wide indent", "{{ ('a\\n' * 100000) | indent(10 ** 6) }}", "MemoryError");
    row("JSON indent", "{{ ([[1]] * 100000) | tojson(indent=10 ** 6) }}", "MemoryError");
    row("batch filling", "{{ [1] | batch(10 ** 12, 0) | list }}", "MemoryError");
    row("slices", "{{ [1] | slice(10 ** 12) | list }}", "MemoryError");
    row("tabs", "{{ ('\\t' * 1000000).expandtabs(10 ** 6) }}", "MemoryError");
    row("replacing", "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}", "MemoryError");
    row("joining", "{{ ('b' * 1000000).join('a' * 1000000) }}", "MemoryError");
    row("repeated fields", "{{ ('{0}' * 100000).format('b' * 1000000) }}", "MemoryError");
    row("much output", "{% set x = 'a' * 10000000 %}{% for i in range(99) %}{{ x }}{% endfor %}",
        "MemoryError");
    row("power", "{{ 10 ** 10 ** 10 }}", "OverflowError");
    row("changing a list", "{{ [1].append(2) }}", "SecurityError");
    row("changing a dict", "{{ {}.update({'a': 1}) }}", "SecurityError");
    row("class", "{{ ''.__class__.__mro__ }}", "SecurityError");
    row("class by format", "{{ '{0.__class__.__mro__}'.format('a') }}", "SecurityError");
    row("class by filter", "{{ ('' | attr('__class__')).x }}", "SecurityError");
    row("other templates", "{% include 'x' %}", "chat templates cannot use 'include'");
}

void JinjaSandboxTest::excessIsRefused()
{
    QFETCH(const QString, source);
    QFETCH(const QString, error);
    const auto parsed = ChatTemplate::parse(source.toStdString());
    const auto text = parsed ? parsed->render(ordered_json::object()) : std::unexpected(parsed.error());
    QVERIFY(!text);
    QVERIFY2(text.error().message.contains(error.toStdString()), text.error().message.c_str());
}

void JinjaSandboxTest::deepSourceIsRefused_data()
{
    QTest::addColumn<QString>("source");
    constexpr int deep = 100'000;
    QTest::newRow("parentheses") << "{{ " + nested("(", ")", deep) + " }}";
    QTest::newRow("lists") << "{{ " + nested("[", "]", deep) + " }}";
    QTest::newRow("dicts") << "{{ " + nested("{1:", "}", deep) + " }}";
    QTest::newRow("signs") << "{{ " + nested("-", "", deep) + " }}";
    QTest::newRow("not") << "{{ " + nested("not ", "", deep) + " }}";
    QTest::newRow("calls") << "{{ x" + nested("(", ")", deep) + " }}";
    QTest::newRow("subscripts") << "{{ x" + nested("[", "]", deep) + " }}";
    QTest::newRow("sum") << "{{ " + nested("1+", "", deep) + " }}";
    QTest::newRow("powers") << "{{ " + nested("1**", "", deep) + " }}";
    QTest::newRow("attributes") << "{{ x" + QString(".x").repeated(deep) + " }}";
    QTest::newRow("filters") << "{{ x" + QString("|e").repeated(deep) + " }}";
    QTest::newRow("conditions") << "{{ " + QString("1 if 1 else ").repeated(deep) + "1 }}";
    QTest::newRow("conditions without else") << "{{ 1" + QString(" if 1").repeated(deep) + " }}";
    QTest::newRow("and") << "{{ 1" + QString(" and 1").repeated(deep) + " }}";
    QTest::newRow("blocks") << QString("{% if 1 %}").repeated(deep) + QString("{% endif %}").repeated(deep);
    QTest::newRow("targets") << "{% set " + nested("(", ")", deep).replace('1', 'x') + " = 1 %}";
    QTest::newRow("chains in parentheses")
        << "{{ " + nested("(", "+1+1+1+1+1)", 90) + QString("+1").repeated(90) + " }}";
}

void JinjaSandboxTest::deepSourceIsRefused()
{
    QFETCH(const QString, source);
    const auto parsed = ChatTemplate::parse(source.toStdString());
    QVERIFY(!parsed);
    QVERIFY2(parsed.error().message.contains("nested too deeply"), parsed.error().message.c_str());
}

void JinjaSandboxTest::deepestAllowedSourceRenders()
{
    const QString source = QString("{% if 1 %}").repeated(40) + "{{ " + nested("(", ")", 40)
        + QString("+1").repeated(200) + " }}" + QString("{% endif %}").repeated(40);
    QCOMPARE(ChatTemplate::parse(source.toStdString()).value().render(ordered_json::object()).value(),
             std::string("201"));
}

void JinjaSandboxTest::deepVariablesAreRefused()
{
    ordered_json deep = 1;
    for (int i = 0; i < 5000; ++i)
        deep = ordered_json::array({std::move(deep)});
    const auto text = ChatTemplate::parse("{{ x }}").value().render({{"x", deep}});
    QVERIFY(!text);
    QVERIFY(text.error().message.contains("RecursionError"));
}

void JinjaSandboxTest::limitsAreOptions()
{
    const auto source = ChatTemplate::parse("{% for i in range(100) %}{{ 'abc' * 10 }}{% endfor %}").value();
    const auto with = [&](jinja::Limits limits) {
        return source.render(ordered_json::object(), {.now = {}, .limits = limits});
    };
    QVERIFY(with({}).has_value());
    QVERIFY(!with({.steps = 100}));
    QVERIFY(!with({.memory = 1000}));
    QVERIFY(!with({.output = 1000}));
    QVERIFY(!with({.depth = 2}));
}

void JinjaSandboxTest::longSearchIsLinear()
{
    const ordered_json variables{{"text", std::string(2'000'000, 'a')},
                                 {"part", std::string(1'000'000, 'a') + 'b'}};
    for (const char* source :
         {"{{ part in text }}", "{{ text.replace(part, '') | length }}", "{{ text.split(part) | length }}",
          "{{ text.rfind(part) }}", "{{ text.count(part) }}", "{{ text.strip(part) | length }}"}) {
        QElapsedTimer timer;
        timer.start();
        (void)ChatTemplate::parse(source).value().render(variables);
        QVERIFY2(timer.elapsed() < 5000, source);
    }
}

void JinjaSandboxTest::largeConversationIsNoExcess()
{
    std::vector<ChatMessage> messages;
    for (int i = 0; i < 3000; ++i)
        messages.push_back({i % 2 ? "assistant" : "user", std::string(2000, 'x')});
    const auto source = ChatTemplate::parse(
        "{% for m in messages %}{% set content = m.content.split('</think>')[-1].strip() %}"
        "{{ '<' + m.role + '>' + content ~ '\\n' }}{% if loop.last and not loop.first %}!{% endif %}{% "
        "endfor %}");
    const auto text = source.value().render(template_variables(messages, "", "", {}));
    QVERIFY2(text.has_value(), text ? "" : text.error().message.c_str());
    QVERIFY(text->size() > 6'000'000);
}

void JinjaSandboxTest::cyclesThroughNamespacesAreSafe()
{
    const auto render = [](const char* source) {
        return ChatTemplate::parse(source).value().render(ordered_json::object());
    };
    const std::string cycle =
        "{% set a = namespace() %}{% set b = namespace(a=[a]) %}{% set a.b = {'b': b} %}";
    QCOMPARE(render((cycle + "{{ a.b.b.a[0].b.b is defined }}{{ a == a }}").c_str()).value(),
             std::string("TrueTrue"));
    QVERIFY(render((cycle + "{{ a }}").c_str()).error().message.contains("RecursionError"));
    QVERIFY(render((cycle + "{{ a.b | tojson }}").c_str()).error().message.contains("TypeError"));
}

QTEST_APPLESS_MAIN(JinjaSandboxTest)
#include "jinja_sandbox_test.moc"
