#include "gguf/gguf.h"
#include "gguf/writer.h"

#include "support/golden.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

using namespace rocmforge;

namespace {

QByteArray readFile(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::span<const std::byte> bytesOf(const std::string& data)
{
    return std::as_bytes(std::span(data));
}

/// A sound file: metadata of every kind and two tensors.
std::string validFile()
{
    gguf::Writer writer;
    writer.set("general.architecture", "llama");
    writer.set("llama.block_count", uint32_t(2));
    writer.set("llama.rope.freq_base", 10000.0f);
    writer.set("x.negative", int8_t(-7));
    writer.set("x.huge", ~uint64_t(0));
    writer.set("x.flag", true);
    writer.set("x.strings", std::vector<std::string>{"a", "", "ccc"});
    writer.set("x.integers", std::vector<int32_t>{1, -2, 3});
    writer.set("x.numbers", std::vector<float>{0.5f, -1});
    writer.set("x.not_a_number", std::nan(""));
    writer.add_tensor("first", Format::f32, std::array<int64_t, 2>{4, 3});
    writer.add_tensor("second", Format::q8_0, std::array<int64_t, 1>{64});
    std::string file = writer.header();
    file.resize(size_t(writer.file_bytes()));
    return file;
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

Q_DECLARE_METATYPE(std::optional<rocmforge::ErrorKind>)

class GgufTest : public QObject {
    Q_OBJECT

private slots:
    void metadataOfEveryKindIsRead()
    {
        const std::string file = validFile();
        const auto header = gguf::parse(bytesOf(file));
        QVERIFY2(header.has_value(), header ? "" : header.error().message.c_str());
        const gguf::Metadata& metadata = header->metadata;
        QCOMPARE(header->version, 3u);
        QCOMPARE(metadata.size(), size_t(10));
        QCOMPARE(*metadata.string("general.architecture"), "llama");
        QCOMPARE(*metadata.integer("llama.block_count"), 2);
        QCOMPARE(*metadata.number("llama.rope.freq_base"), 10000.0);
        QCOMPARE(*metadata.number("llama.block_count"), 2.0);
        QCOMPARE(*metadata.integer("x.negative"), -7);
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
        const std::string file = validFile();
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
        std::string file = validFile();
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
        QFETCH(std::optional<ErrorKind>, expected);
        const auto file = gguf::File::open(test::goldenDir() / "bad-gguf" / QTest::currentDataTag());
        QVERIFY2(file.has_value() != expected.has_value(), file ? "accepted" : file.error().message.c_str());
        if (expected)
            QVERIFY2(file.error().kind == *expected, file.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(GgufTest)
#include "gguf_test.moc"
