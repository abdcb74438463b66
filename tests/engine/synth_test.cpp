#include <rocmforge/synth.h>

#include "gguf/gguf.h"
#include "synth/synth_shapes.h"
#include "synth/synth_vocabulary.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <set>

using namespace rocmforge;

class SynthTest : public QObject {
    Q_OBJECT

private slots:
    void writtenModelParses()
    {
        const auto path = m_dir.filePath("a.gguf").toStdString();
        QVERIFY(write_synthetic_model(path, {.preset = "tiny", .quantization = "Q4_K_M"}));
        const auto file = gguf::File::open(path);
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE(file->metadata().string("general.architecture").value(), std::string_view("llama"));
        QCOMPARE(file->metadata().strings("tokenizer.ggml.tokens")->size(), size_t{1024});
        QCOMPARE(file->find_tensor("output.weight")->format, Format::q6_k);
        QCOMPARE(file->find_tensor("blk.0.attn_q.weight")->format, Format::q4_k);
    }

    void weightsHaveUnitGain()
    {
        const auto path = m_dir.filePath("g.gguf").toStdString();
        QVERIFY(write_synthetic_model(path, {.preset = "tiny", .quantization = "Q8_0"}));
        const auto file = gguf::File::open(path);
        const auto* tensor = file->find_tensor("blk.1.ffn_down.weight");
        std::vector<float> weights(static_cast<size_t>(tensor->n_weights()));
        format_info(tensor->format).dequantize(tensor->data.data(), weights.data(), tensor->n_weights());
        double power = 0;
        for (const float weight : weights)
            power += double(weight) * double(weight);
        const double gain = std::sqrt(power / double(tensor->shape[1]));
        QVERIFY2(gain > 0.95 && gain < 1.05, qPrintable(QString::number(gain)));
    }

    void sameSeedGivesSameBytes()
    {
        const auto a = m_dir.filePath("1.gguf"), b = m_dir.filePath("2.gguf"), c = m_dir.filePath("3.gguf");
        QVERIFY(
            write_synthetic_model(a.toStdString(), {.preset = "tiny", .quantization = "Q8_0", .seed = 5}));
        QVERIFY(
            write_synthetic_model(b.toStdString(), {.preset = "tiny", .quantization = "Q8_0", .seed = 5}));
        QVERIFY(
            write_synthetic_model(c.toStdString(), {.preset = "tiny", .quantization = "Q8_0", .seed = 6}));
        QCOMPARE(bytes(a), bytes(b));
        QVERIFY(bytes(a) != bytes(c));
    }

    void everyFormatCanBeAsked_data()
    {
        QTest::addColumn<QString>("format");
        for (const FormatInfo& info : formats())
            QTest::newRow(info.name.data())
                << QString::fromUtf8(info.name.data(), qsizetype(info.name.size()));
    }
    void everyFormatCanBeAsked()
    {
        QFETCH(QString, format);
        const auto path = m_dir.filePath("f.gguf").toStdString();
        const Status status =
            write_synthetic_model(path, {.preset = "tiny", .quantization = format.toStdString()});
        if (!status) {
            QCOMPARE(status.error().kind, ErrorKind::unsupported); // formats that are only read
            return;
        }
        QVERIFY(gguf::File::open(path));
    }

    void unknownNamesListWhatThereIs()
    {
        const auto path = m_dir.filePath("x.gguf").toStdString();
        const auto preset = write_synthetic_model(path, {.preset = "gpt-9", .quantization = "Q8_0"});
        QVERIFY(preset.error().remedy.contains("llama-1b"));
        const auto quantization = write_synthetic_model(path, {.preset = "tiny", .quantization = "Q9"});
        QVERIFY(quantization.error().remedy.contains("Q4_K_M"));
        QVERIFY(!QFile::exists(m_dir.filePath("x.gguf")));
    }

    void cancelledFileIsRemoved()
    {
        const auto path = m_dir.filePath("c.gguf");
        const Status status = write_synthetic_model(
            path.toStdString(),
            {.preset = "tiny", .quantization = "Q8_0", .progress = [](double) { return false; }});
        QCOMPARE(status.error().kind, ErrorKind::cancelled);
        QVERIFY(!QFile::exists(path));
    }

    void vocabularyIsFullAndWithoutDuplicates()
    {
        for (const int size : {300, 1024, 128256}) {
            const auto vocabulary = synth::make_vocabulary(size);
            QCOMPARE(int(vocabulary.tokens.size()), size);
            QCOMPARE(int(vocabulary.types.size()), size);
            const std::set<std::string> distinct(vocabulary.tokens.begin(), vocabulary.tokens.end());
            QCOMPARE(int(distinct.size()), size);
            QCOMPARE(vocabulary.tokens[size_t(vocabulary.im_end)], std::string("<|im_end|>"));
        }
    }

    void rowsThatFitNoSuperblockGetAnotherFormat()
    {
        const auto preset = synth::find_preset("qwen2.5-0.5b");
        const auto tensors = synth::plan_tensors(*preset, "Q4_K_M");
        for (const auto& tensor : *tensors)
            QCOMPARE(tensor.n_in % format_info(tensor.format).block_weights, int64_t{0});
    }

private:
    static QByteArray bytes(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_dir;
};

QTEST_GUILESS_MAIN(SynthTest)
#include "synth_test.moc"
