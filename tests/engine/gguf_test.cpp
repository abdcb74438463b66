#include "gguf/gguf.h"

#include "support/gguf_sample.h"
#include "support/golden.h"
#include "support/golden_tally.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cstring>
#include <functional>
#include <random>

using namespace rocmforge;
using test::bytesOf;

namespace {

QByteArray readFile(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Overwrites what lies `distance` bytes behind the first occurrence of `name`.
template <typename T> void patch(std::string& file, std::string_view name, size_t distance, T value)
{
    std::memcpy(file.data() + file.find(name) + name.size() + distance, &value, sizeof(T));
}

/// What a caller may do with an accepted file must not leave its bytes.
void useEverything(const gguf::Header& header, std::span<const std::byte> bytes)
{
    for (const auto& [key, value] : header.metadata.values()) {
        (void)header.metadata.numbers(key);
        (void)header.metadata.integers(key);
        if (const auto strings = header.metadata.strings(key))
            for (const std::string_view string : *strings)
                QVERIFY(string.empty() || std::as_bytes(std::span(string)).data() >= bytes.data());
    }
    for (const gguf::TensorInfo& tensor : header.tensors) {
        QCOMPARE(int64_t(tensor.data.size()), format_bytes(tensor.format, tensor.n_weights()));
        QVERIFY(tensor.data.data() + tensor.data.size() <= bytes.data() + bytes.size());
    }
}

/// The error that reading the container must give; nullopt where it is sound and only the model or
/// the tokenizer can find what is wrong.
std::optional<ErrorKind> containerError(const QJsonValue& goldenCase)
{
    static const QHash<QString, std::optional<ErrorKind>> kinds = {
        {"truncated", ErrorKind::truncated},
        {"bad_magic", ErrorKind::bad_magic},
        {"bad_version", ErrorKind::bad_version},
        {"bad_key", ErrorKind::bad_key},
        {"bad_string", ErrorKind::bad_string},
        {"bad_value_type", ErrorKind::bad_value_type},
        {"bad_alignment", ErrorKind::bad_alignment},
        {"bad_dimensions", ErrorKind::bad_dimensions},
        {"nested_array", ErrorKind::nested_array},
        {"duplicate_key", ErrorKind::duplicate_key},
        {"duplicate_tensor", ErrorKind::duplicate_tensor},
        {"implausible_count", ErrorKind::implausible_count},
        {"misaligned", ErrorKind::misaligned},
        {"out_of_bounds", ErrorKind::out_of_bounds},
        {"overlap", ErrorKind::overlap},
        {"split_file", ErrorKind::split_file},
        {"unknown_tensor_type", ErrorKind::unknown_tensor_type},
    };
    const QString kind = goldenCase["kind"].toString();
    if (kind == "wrong_metadata_type" && goldenCase["stage"] == "parse")
        return ErrorKind::wrong_metadata_type;
    return kinds.value(kind, std::nullopt);
}

} // namespace

Q_DECLARE_METATYPE(rocmforge::ErrorKind)
Q_DECLARE_METATYPE(std::optional<rocmforge::ErrorKind>)
Q_DECLARE_METATYPE(std::function<void(std::string&)>)

class GgufTest : public QObject {
    Q_OBJECT

private slots:
    void metadataOfEveryKindIsRead()
    {
        const std::string file = test::sampleGguf();
        const auto header = gguf::parse(bytesOf(file));
        QVERIFY2(header.has_value(), header ? "" : header.error().message.c_str());
        const gguf::Metadata& metadata = header->metadata;
        QCOMPARE(header->version, 3u);
        QCOMPARE(metadata.size(), size_t(14));
        QCOMPARE(*metadata.string("general.architecture"), "llama");
        QCOMPARE(*metadata.integer("llama.block_count"), 2);
        QCOMPARE(*metadata.number("llama.rope.freq_base"), 10000.0);
        QCOMPARE(*metadata.number("llama.block_count"), 2.0);
        QCOMPARE(*metadata.integer("x.negative"), -7);
        QCOMPARE(*metadata.integer("x.byte"), 200);
        QCOMPARE(*metadata.integer("x.low"), -5'000'000'000);
        QCOMPARE(*metadata.number("x.double"), 0.1);
        QCOMPARE(*metadata.boolean("x.flag"), true);
        const auto strings = *metadata.strings("x.strings");
        QCOMPARE(std::vector(strings.begin(), strings.end()),
                 (std::vector<std::string_view>{"a", "", "ccc"}));
        QCOMPARE(*metadata.integers("x.integers"), (std::vector<int64_t>{1, -2, 3}));
        QCOMPARE(*metadata.integers("x.negative"), (std::vector<int64_t>{-7}));
        QCOMPARE(*metadata.numbers("x.numbers"), (std::vector<float>{0.5f, -1}));
    }

    void wrongMetadataIsAnErrorThatNamesTheKey()
    {
        const std::string file = test::sampleGguf();
        const auto header = gguf::parse(bytesOf(file));
        const gguf::Metadata& metadata = header->metadata;
        QCOMPARE(metadata.integer("absent").error().kind, ErrorKind::missing_metadata);
        QCOMPARE(*metadata.integer("absent", 5), 5);
        QCOMPARE(metadata.integer("general.architecture", 5).error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.integer("llama.rope.freq_base").error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.string("x.flag").error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.strings("x.integers").error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.numbers("x.strings").error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.integers("x.numbers").error().kind, ErrorKind::wrong_metadata_type);
        QCOMPARE(metadata.integer("x.huge").error().kind, ErrorKind::invalid_value);
        QCOMPARE(metadata.number("x.not_a_number").error().kind, ErrorKind::invalid_value);
        QVERIFY(metadata.string("x.flag").error().message.find("'x.flag'") != std::string::npos);
    }

    void tensorsAreFoundWithTheirBytes()
    {
        std::string file = test::sampleGguf();
        auto header = gguf::parse(bytesOf(file));
        QVERIFY(header.has_value());
        QCOMPARE(header->tensors.size(), size_t(2));
        const gguf::TensorInfo& tensor = header->tensors[0];
        QCOMPARE(tensor.name, "first");
        QVERIFY(tensor.format == Format::f32);
        QCOMPARE(tensor.n_dims, 2);
        QCOMPARE(tensor.shape, (std::array<int64_t, 4>{4, 3, 1, 1}));
        QCOMPARE(tensor.data.size(), size_t(48));
        QCOMPARE(header->tensors[1].data.size(), size_t(68));
        QCOMPARE(header->tensors[1].data.data() - bytesOf(file).data(), int64_t(header->data_offset) + 64);
    }

    void versionTwoIsRead()
    {
        std::string file = test::sampleGguf();
        patch(file, "GGUF", 0, uint32_t(2));
        const auto header = gguf::parse(bytesOf(file));
        QVERIFY(header.has_value());
        QCOMPARE(header->version, 2u);
    }

    void everyShortenedFileIsRefused()
    {
        const std::string file = test::sampleGguf();
        const size_t end_of_last_tensor = file.size() - 28;
        for (size_t size = 0; size < end_of_last_tensor; ++size) {
            const std::string shortened = file.substr(0, size);
            const auto header = gguf::parse(bytesOf(shortened));
            QVERIFY2(!header.has_value(), qPrintable(QString::number(size)));
            QVERIFY2(header.error().kind == ErrorKind::truncated
                         || header.error().kind == ErrorKind::bad_string
                         || header.error().kind == ErrorKind::implausible_count,
                     header.error().message.c_str());
        }
        QVERIFY(gguf::parse(bytesOf(file.substr(0, end_of_last_tensor))).has_value());
    }

    void brokenFileGivesItsError_data()
    {
        using Break = std::function<void(std::string&)>;
        QTest::addColumn<Break>("breakFile");
        QTest::addColumn<ErrorKind>("expected");
        const auto row = [](const char* name, ErrorKind kind, Break breakFile) {
            QTest::newRow(name) << breakFile << kind;
        };
        constexpr size_t value = 4; // behind a key: its type, then its value
        constexpr size_t n_dims = 0, extents = 4, type = 20, offset = 24; // behind the name of "first"
        constexpr auto huge = ~uint64_t(0);
        row("magic", ErrorKind::bad_magic, [](auto& file) { file[0] = 'X'; });
        row("version 1", ErrorKind::bad_version, [](auto& file) { patch(file, "GGUF", 0, 1u); });
        row("big-endian", ErrorKind::bad_version, [](auto& file) { patch(file, "GGUF", 0, 3u << 24); });
        row("tensor count", ErrorKind::implausible_count, [](auto& file) { patch(file, "GGUF", 4, huge); });
        row("metadata count", ErrorKind::implausible_count,
            [](auto& file) { patch(file, "GGUF", 12, huge); });
        row("key length", ErrorKind::bad_string, [](auto& file) { patch(file, "GGUF", 20, huge); });
        row("value type", ErrorKind::bad_value_type, [](auto& file) { patch(file, "x.byte", 0, 13u); });
        row("array type", ErrorKind::bad_value_type,
            [](auto& file) { patch(file, "x.integers", value, 99u); });
        row("array of arrays", ErrorKind::nested_array,
            [](auto& file) { patch(file, "x.integers", value, 9u); });
        row("array length", ErrorKind::implausible_count,
            [](auto& file) { patch(file, "x.integers", 8, huge / 4 + 1); });
        row("string length", ErrorKind::bad_string,
            [](auto& file) { patch(file, "x.strings", 16, huge / 2); });
        row("same key twice", ErrorKind::duplicate_key,
            [](auto& file) { patch(file, "x.", 0, std::array{'h', 'u', 'g', 'e'}); });
        row("alignment 0", ErrorKind::bad_alignment,
            [](auto& file) { patch(file, "general.alignment", value, 0u); });
        row("alignment 48", ErrorKind::bad_alignment,
            [](auto& file) { patch(file, "general.alignment", value, 48u); });
        row("alignment type", ErrorKind::wrong_metadata_type,
            [](auto& file) { patch(file, "general.alignment", 0, 6u); });
        row("five dimensions", ErrorKind::bad_dimensions,
            [](auto& file) { patch(file, "first", n_dims, 5u); });
        row("no extent", ErrorKind::bad_dimensions,
            [](auto& file) { patch(file, "first", extents, uint64_t(0)); });
        row("huge extent", ErrorKind::bad_dimensions,
            [](auto& file) { patch(file, "first", extents, huge / 16); });
        row("block across rows", ErrorKind::bad_dimensions,
            [](auto& file) { patch(file, "first", type, 8u); });
        row("tensor type", ErrorKind::unknown_tensor_type,
            [](auto& file) { patch(file, "first", type, 4u); });
        row("odd offset", ErrorKind::misaligned,
            [](auto& file) { patch(file, "first", offset, uint64_t(7)); });
        row("offset outside", ErrorKind::out_of_bounds,
            [](auto& file) { patch(file, "first", offset, uint64_t(1) << 40); });
        row("offset that wraps", ErrorKind::out_of_bounds,
            [](auto& file) { patch(file, "first", offset, huge - 31); });
        row("shared bytes", ErrorKind::overlap,
            [](auto& file) { patch(file, "first", offset, uint64_t(64)); });
        row("same tensor twice", ErrorKind::duplicate_tensor, [](auto& file) {
            const size_t second = file.find("second");
            file.replace(second - 8, 14, std::string("\x05\0\0\0\0\0\0\0first", 13));
        });
    }
    void brokenFileGivesItsError()
    {
        QFETCH(std::function<void(std::string&)>, breakFile);
        QFETCH(ErrorKind, expected);
        std::string file = test::sampleGguf();
        breakFile(file);
        const auto header = gguf::parse(bytesOf(file));
        QVERIFY(!header.has_value());
        QVERIFY2(header.error().kind == expected, header.error().message.c_str());
    }

    void unprintableNamesDoNotReachThePerson()
    {
        std::string file = test::sampleGguf();
        patch(file, "x.", 0, '\x1b');
        patch(file, "yte", 0, 77u);
        const auto header = gguf::parse(bytesOf(file));
        QVERIFY(header.error().message.find("'x.?yte'") != std::string::npos);
    }

    void bytesBehindTheTensorsAreAWarning()
    {
        const auto warned = gguf::parse(bytesOf(test::sampleGguf() + std::string(100, 'x')));
        QCOMPARE(warned->warnings.size(), size_t(1));
        QVERIFY(gguf::parse(bytesOf(test::sampleGguf()))->warnings.empty());
    }

    void mutatedFilesAreRefusedOrSafe()
    {
        const std::string sound = test::sampleGguf();
        std::mt19937 random(1);
        const auto below = [&random](size_t n) { return random() % n; };
        int accepted = 0;
        constexpr int rounds = 20000;
        for (int round = 0; round < rounds; ++round) {
            std::string file = sound;
            for (size_t n = 1 + below(3); n > 0; --n) {
                constexpr uint64_t values[] = {
                    0, 1, 2, 9, 31, 255, 1u << 31, ~0u, uint64_t(1) << 62, ~uint64_t(0)};
                const uint64_t value = below(2) ? values[below(std::size(values))] : random();
                const size_t width = size_t(1) << below(4);
                std::memcpy(file.data() + below(file.size() - width), &value, width);
            }
            if (below(4) == 0)
                file.resize(below(file.size()));
            const auto header = gguf::parse(bytesOf(file));
            accepted += header.has_value() ? 1 : 0;
            if (header)
                useEverything(*header, bytesOf(file));
        }
        QVERIFY(accepted > rounds / 100); // else the mutations are too coarse to test anything
        QVERIFY(accepted < rounds);
    }

    void goldenFileGivesItsError_data()
    {
        QTest::addColumn<std::optional<ErrorKind>>("expected");
        const auto index = QJsonDocument::fromJson(readFile(test::goldenDir() / "bad-gguf/index.json"));
        for (const QJsonValue goldenCase : index["cases"].toArray())
            QTest::newRow(qPrintable(goldenCase["file"].toString())) << containerError(goldenCase);
    }
    void goldenFileGivesItsError()
    {
        REQUIRE_GOLDEN();
        const test::GoldenTally::Case counted(tally_);
        QFETCH(std::optional<ErrorKind>, expected);
        const auto file = gguf::File::open(test::goldenDir() / "bad-gguf" / QTest::currentDataTag());
        QVERIFY2(file.has_value() != expected.has_value(), file ? "accepted" : file.error().message.c_str());
        if (expected)
            QVERIFY2(file.error().kind == *expected, file.error().message.c_str());
    }

private:
    test::GoldenTally tally_{"bad-gguf"};
};

QTEST_APPLESS_MAIN(GgufTest)
#include "gguf_test.moc"
