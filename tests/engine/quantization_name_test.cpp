#include "inspect/quantization_name.h"

#include <QtTest>

using namespace rocmforge;

namespace {

constexpr int none = -1;

std::string nameOf(int fileType, const std::vector<FormatShare>& shares)
{
    gguf::Metadata metadata;
    if (fileType != none)
        metadata.set("general.file_type", uint64_t(fileType));
    return quantization_name(metadata, shares);
}

FormatShare share(const char* format, int64_t bytes)
{
    return {.format = format, .n_tensors = 1, .n_weights = 0, .bytes = bytes};
}

} // namespace

Q_DECLARE_METATYPE(std::vector<rocmforge::FormatShare>)

class QuantizationNameTest : public QObject {
    Q_OBJECT

private slots:
    void nameIsThatOfTheFileTypeWhereItFits_data()
    {
        QTest::addColumn<int>("fileType");
        QTest::addColumn<std::vector<FormatShare>>("shares");
        QTest::addColumn<QString>("expected");
        const std::vector mix = {share("Q4_K", 600), share("Q6_K", 300), share("F32", 1)};
        QTest::newRow("fits") << 15 << mix << "Q4_K_M";
        QTest::newRow("fits, smaller mix") << 14 << mix << "Q4_K_S";
        QTest::newRow("left from the original") << 1 << mix << "Q4_K";
        QTest::newRow("norms do not make it F32") << 0 << mix << "Q4_K";
        QTest::newRow("unknown") << 1000 << mix << "Q4_K";
        QTest::newRow("absent") << none << mix << "Q4_K";
        QTest::newRow("embeddings larger than the rest")
            << 15 << std::vector{share("Q6_K", 700), share("Q4_K", 200)} << "Q4_K_M";
        QTest::newRow("no tensors") << 15 << std::vector<FormatShare>() << "";
    }
    void nameIsThatOfTheFileTypeWhereItFits()
    {
        QFETCH(int, fileType);
        QFETCH(std::vector<FormatShare>, shares);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(nameOf(fileType, shares)), expected);
    }

    void sharesAreSortedByBytes()
    {
        const std::vector<std::byte> bytes(200);
        const auto tensor = [&bytes](Format format, int64_t n) {
            gguf::TensorInfo info;
            info.format = format;
            info.shape[0] = n;
            info.data = std::span(bytes).first(size_t(format_bytes(format, n)));
            return info;
        };
        const auto shares = format_shares(
            std::vector{tensor(Format::f32, 4), tensor(Format::q8_0, 64), tensor(Format::f32, 8)});
        QCOMPARE(shares.size(), size_t(2));
        QCOMPARE(shares[0].format, "Q8_0");
        QCOMPARE(shares[0].bytes, int64_t(68));
        QCOMPARE(shares[1].format, "F32");
        QCOMPARE(shares[1].n_tensors, int64_t(2));
        QCOMPARE(shares[1].n_weights, int64_t(12));
        QCOMPARE(shares[1].bytes, int64_t(48));
    }
};

QTEST_APPLESS_MAIN(QuantizationNameTest)
#include "quantization_name_test.moc"
