#include <rocmforge/output_parser.h>

#include <QtTest>

#include <random>

using namespace rocmforge;

using Parts = std::vector<OutputPart>;

namespace {

OutputPart thinking(std::string text)
{
    return {OutputPart::Kind::thinking, std::move(text), {}, {}, {}};
}

OutputPart text(std::string text)
{
    return {OutputPart::Kind::text, std::move(text), {}, {}, {}};
}

OutputPart call(std::string name, std::string arguments, std::string id = {})
{
    return {OutputPart::Kind::tool_call, {}, std::move(name), std::move(arguments), std::move(id)};
}

/// An answer, the format it is in, and what it consists of.
struct Case {
    const char* name;
    std::string source; ///< a chat template that mentions the format's tags
    std::string prompt;
    std::string answer;
    Parts parts;
};

const std::string weather = R"({"city":"Zürich"})";

const std::vector<Case>& cases()
{
    static const std::vector<Case> all{
        {"plain text", "", "", "Hello, world.\n", {text("Hello, world.\n")}},
        {"indented text", "", "", "    code\n  more", {text("    code\n  more")}},
        {"nothing", "", "", "", {}},
        {"thinking, then text",
         "",
         "",
         "<think>\nHm.\n\nYes.\n</think>\n\nAnswer. ",
         {thinking("Hm.\n\nYes."), text("Answer. ")}},
        {"empty thinking", "", "", "<think>\n\n</think>\n\nAnswer", {text("Answer")}},
        {"thinking begun by the prompt",
         "",
         "<|assistant|>\n<think>\n",
         "Hm.</think>Answer",
         {thinking("Hm."), text("Answer")}},
        {"thinking ended by the prompt", "", "<think>\n\n</think>\n\n", "Answer", {text("Answer")}},
        {"thinking whose beginning nobody saw",
         "",
         "",
         "Hm.\n</think>\n\nAnswer",
         {thinking("Hm."), text("Answer")}},
        {"thinking that is cut off", "", "", "<think>Hm. And", {thinking("Hm. And")}},
        {"tag that is none", "", "", "a < b and <thing> and <th", {text("a < b and <thing> and <th")}},
        {"tag in the answer",
         "",
         "",
         "<think>a</think>Say </think> to me",
         {thinking("a"), text("Say </think> to me")}},
        {"thinking twice",
         "",
         "",
         "<think>a</think>b<think>c</think>d",
         {thinking("a"), text("b"), thinking("c"), text("d")}},
        {"tags of a format that is not ours",
         "",
         "",
         "<tool_call>{}</tool_call>",
         {text("<tool_call>{}</tool_call>")}},
        {"Seed", "<seed:think>", "", "<seed:think>a</seed:think>b", {thinking("a"), text("b")}},
        {"Magistral", "[THINK]", "", "[THINK]a[/THINK]b", {thinking("a"), text("b")}},
        {"Gemma 4", "<|channel>thought", "", "<|channel>thought\na<channel|>b", {thinking("a"), text("b")}},
        {"Command",
         "<|START_THINKING|><|START_RESPONSE|>",
         "<|START_THINKING|>",
         "a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>",
         {thinking("a"), text("b")}},
        {"Command, tools",
         "<|START_ACTION|>",
         "",
         "<|START_ACTION|>[\n {\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": "
         "1}}\n]<|END_ACTION|>",
         {call("f", R"({"a":1})", "0")}},
        {"Hermes",
         "<tool_call>",
         "",
         "Let me see.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": "
         "\"Zürich\"}}\n</tool_call>\n<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1}}</tool_call>",
         {text("Let me see."), call("get_weather", weather), call("add", R"({"a":1})")}},
        {"Hermes after thinking",
         "<tool_call>",
         "<think>",
         "Hm.</think><tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>",
         {thinking("Hm."), call("f", "{}")}},
        {"Hermes, not readable",
         "<tool_call>",
         "",
         "a <tool_call>{oops</tool_call> b",
         {text("a <tool_call>{oops</tool_call> b")}},
        {"Hermes, cut off", "<tool_call>", "", "a <tool_call>{\"name\"", {text("a <tool_call>{\"name\"")}},
        {"Apriel",
         "<tool_calls>",
         "",
         "<tool_calls>[{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"x\"}]</tool_calls>",
         {call("f", R"({"a":1})", "x")}},
        {"Qwen Coder",
         "<tool_call><function=",
         "",
         "<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n<parameter=s>\nx\ny\n</parameter>\n</"
         "function>\n</tool_call>",
         {call("add", R"({"a":1,"s":"x\ny"})")}},
        {"Qwen Coder without its outer tag",
         "<tool_call><function=",
         "",
         "<function=add>\n<parameter=a>\n1\n</parameter>\n</function>",
         {call("add", R"({"a":1})")}},
        {"Seed, tools",
         "<seed:tool_call>",
         "",
         "<seed:tool_call>\n<function=f>\n<parameter=a>1</parameter>\n</function>\n</seed:tool_call>",
         {call("f", R"({"a":1})")}},
        {"function tags",
         "<function=",
         "",
         "<function=get_weather>{\"city\": \"Zürich\"}</function><function=add>{\"a\": 1}</function>",
         {call("get_weather", weather), call("add", R"({"a":1})")}},
        {"GLM",
         "<tool_call><arg_key>",
         "",
         "<think>Hm</think>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Zürich</"
         "arg_value>\n<arg_key>n</arg_key>\n<arg_value>2</arg_value>\n</tool_call>",
         {thinking("Hm"), call("get_weather", R"({"city":"Zürich","n":2})")}},
        {"Llama 3",
         "\"parameters\": dictionary of argument name and its value",
         "",
         "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Zürich\"}}",
         {call("get_weather", weather)}},
        {"Llama 3 with type",
         "\"parameters\": dictionary of argument name",
         "",
         "{\"type\": \"function\", \"name\": \"f\", \"parameters\": {}}",
         {call("f", "{}")}},
        {"Llama 3, JSON that is no call",
         "\"parameters\": dictionary of argument name",
         "",
         "{\"name\": \"Bob\", \"age\": 3}",
         {text("{\"name\": \"Bob\", \"age\": 3}")}},
        {"Llama 3, text",
         "\"parameters\": dictionary of argument name",
         "",
         "Hello {name}",
         {text("Hello {name}")}},
        {"Llama 3, Python tag",
         "<|python_tag|>",
         "",
         "<|python_tag|>{\"name\": \"f\", \"parameters\": {\"a\": 1}}",
         {call("f", R"({"a":1})")}},
        {"FireFunction",
         "functools[",
         "",
         " functools[{\"name\": \"f\", \"arguments\": {\"a\": 1}}]",
         {call("f", R"({"a":1})")}},
        {"Mistral list",
         "[TOOL_CALLS]",
         "",
         "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"call00001\"}]",
         {call("f", R"({"a":1})", "call00001")}},
        {"Mistral names",
         "[TOOL_CALLS]",
         "",
         "[TOOL_CALLS]get_weather[CALL_ID]call00001[ARGS]{\"city\": \"Zürich\"}[TOOL_CALLS]add[ARGS]{\"a\": "
         "1}",
         {call("get_weather", weather, "call00001"), call("add", R"({"a":1})")}},
        {"DeepSeek R1",
         "<｜tool▁calls▁begin｜>",
         "",
         "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\": "
         "\"Zürich\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
         {call("get_weather", weather)}},
        {"DeepSeek 3.1",
         "<｜tool▁calls▁begin｜>",
         "",
         "Ok<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>a<｜tool▁sep｜>{}<｜tool▁call▁end｜><"
         "｜tool▁call▁begin｜>b<｜tool▁sep｜>{\"x\": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
         {text("Ok"), call("a", "{}"), call("b", R"({"x":1})")}},
        {"DeepSeek 3.2",
         "<｜DSML｜function_calls>",
         "",
         "Ok\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"city\" "
         "string=\"true\">12</｜DSML｜parameter>\n<｜DSML｜parameter name=\"n\" "
         "string=\"false\">12</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
         {text("Ok"), call("f", R"({"city":"12","n":12})")}},
        {"Kimi",
         "<|tool_calls_section_begin|>",
         "",
         "<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{\"a\": "
         "1}<|tool_call_end|><|tool_calls_section_end|>",
         {call("add", R"({"a":1})", "functions.add:0")}},
        {"gpt-oss",
         "<|start|><|channel|>",
         "<|start|>assistant",
         "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello!",
         {thinking("Hm."), text("Hello!")}},
        {"gpt-oss, tool in the channel",
         "<|start|><|channel|>",
         "<|start|>assistant",
         "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary "
         "to=functions.get_weather <|constrain|>json<|message|>{\"city\": \"Zürich\"}<|call|>",
         {thinking("Hm."), call("get_weather", weather)}},
        {"gpt-oss, tool in the role",
         "<|start|><|channel|>",
         "<|start|>assistant",
         " to=functions.f<|channel|>commentary json<|message|>{}<|call|>",
         {call("f", "{}")}},
        {"gpt-oss, preamble",
         "<|start|><|channel|>",
         "<|start|>assistant",
         "<|channel|>commentary<|message|>First "
         "this.<|end|><|start|>assistant<|channel|>final<|message|>Done<|return|>",
         {text("First this."), text("Done")}},
        {"gpt-oss without its tokens",
         "<|start|><|channel|>",
         "<|start|>assistant",
         std::string(400, 'x'),
         {text(std::string(400, 'x'))}},
    };
    return all;
}

Parts parsed(const Case& example, const std::vector<std::string>& pieces)
{
    OutputParser parser(OutputFormat::of_template(example.source), example.prompt);
    for (const std::string& piece : pieces)
        parser.append(piece);
    parser.finish();
    return parser.parts();
}

std::vector<std::string> cut(const std::string& answer, std::mt19937& random, size_t longest)
{
    std::vector<std::string> pieces;
    for (size_t at = 0; at < answer.size();) {
        const size_t size = 1 + random() % longest;
        pieces.push_back(answer.substr(at, size));
        at += size;
    }
    return pieces;
}

QByteArray described(const Parts& parts)
{
    QByteArray out;
    for (const OutputPart& part : parts)
        out += QByteArray::number(static_cast<int>(part.kind)) + " [" + part.text.c_str() + "] "
            + part.name.c_str() + " " + part.arguments.c_str() + " " + part.id.c_str() + "; ";
    return out;
}

bool isBeginningOfTag(const std::string& text, const std::string& tag)
{
    for (size_t length = 1; length <= tag.size(); ++length) {
        if (text.ends_with(tag.substr(0, length)))
            return true;
    }
    return false;
}

} // namespace

class ChatOutputParserTest : public QObject {
    Q_OBJECT

private slots:
    void partsAreToldApart_data();
    void partsAreToldApart();
    void anySplitGivesTheSameParts_data() { partsAreToldApart_data(); }
    void anySplitGivesTheSameParts();
    void partsOnlyGrow_data() { partsAreToldApart_data(); }
    void partsOnlyGrow();
    void halfATagIsNeverShown();
    void textIsShownAsSoonAsItCanBe();
    void longHeaderIsTextHoweverItIsCut();
};

void ChatOutputParserTest::partsAreToldApart_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < cases().size(); ++i)
        QTest::newRow(cases()[i].name) << static_cast<int>(i);
}

void ChatOutputParserTest::partsAreToldApart()
{
    QFETCH(const int, index);
    const Case& example = cases()[static_cast<size_t>(index)];
    const Parts parts = parsed(example, {example.answer});
    QVERIFY2(parts == example.parts, described(parts));
}

void ChatOutputParserTest::anySplitGivesTheSameParts()
{
    QFETCH(const int, index);
    const Case& example = cases()[static_cast<size_t>(index)];
    std::mt19937 random(static_cast<unsigned>(index));
    for (const size_t longest : {1, 2, 3, 7, 20}) {
        for (int repetition = 0; repetition < 20; ++repetition) {
            const Parts parts = parsed(example, cut(example.answer, random, longest));
            QVERIFY2(parts == example.parts, described(parts));
        }
    }
}

void ChatOutputParserTest::partsOnlyGrow()
{
    QFETCH(const int, index);
    const Case& example = cases()[static_cast<size_t>(index)];
    OutputParser parser(OutputFormat::of_template(example.source), example.prompt);
    Parts before;
    for (const char c : example.answer) {
        parser.append(std::string_view(&c, 1));
        const Parts& now = parser.parts();
        QVERIFY(now.size() >= before.size());
        for (size_t i = 0; i < before.size(); ++i) {
            const bool unseenThought = before.size() == 1 && now[i].kind != before[i].kind;
            QVERIFY(now[i].text.starts_with(before[i].text) || unseenThought);
            QVERIFY(i + 1 == before.size() || now[i] == before[i]);
        }
        before = now;
    }
}

void ChatOutputParserTest::halfATagIsNeverShown()
{
    OutputParser parser(OutputFormat::of_template("<tool_call>"));
    for (const char c :
         std::string("<think>Hm</think>Now <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>")) {
        parser.append(std::string_view(&c, 1));
        for (const OutputPart& part : parser.parts()) {
            for (const char* tag : {"<think>", "</think>", "<tool_call>", "</tool_call>"})
                QVERIFY2(!isBeginningOfTag(part.text, tag), part.text.c_str());
        }
    }
    QCOMPARE(parser.parts().size(), size_t{3});
}

void ChatOutputParserTest::textIsShownAsSoonAsItCanBe()
{
    OutputParser parser(OutputFormat::of_template(""));
    parser.append("a <");
    QCOMPARE(parser.parts().back().text, std::string("a"));
    parser.append("b");
    QCOMPARE(parser.parts().back().text, std::string("a <b"));
    parser.append("<think");
    QCOMPARE(parser.parts().back().text, std::string("a <b"));
    parser.append(">c");
    QCOMPARE(parser.parts().back(), thinking("c"));
}

void ChatOutputParserTest::longHeaderIsTextHoweverItIsCut()
{
    const Case example{"",
                       "<|start|><|channel|>",
                       "",
                       "<|channel|>" + std::string(300, 'x') + "<|channel|>final<|message|>a",
                       {}};
    const Parts whole = parsed(example, {example.answer});
    std::mt19937 random(1);
    for (int i = 0; i < 50; ++i)
        QVERIFY(parsed(example, cut(example.answer, random, 30)) == whole);
    QCOMPARE(whole.back(), text("a"));
}

QTEST_APPLESS_MAIN(ChatOutputParserTest)
#include "chat_output_parser_test.moc"
