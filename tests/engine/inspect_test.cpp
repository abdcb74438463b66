#include <rocmforge/model_info.h>

#include "gguf/writer.h"

#include "support/golden.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace rocmforge;

namespace {

std::filesystem::path ember()
{
    return std::filesystem::path(ROCMFORGE_SOURCE_DIR) / "resources/demo-model/ember-10m-q8_0.gguf";
}

void setShape(gguf::Writer& writer, const std::string& architecture)
{
    writer.set("general.architecture", architecture);
    writer.set(architecture + ".block_count", uint32_t(2));
    writer.set(architecture + ".embedding_length", uint32_t(64));
    writer.set(architecture + ".context_length", uint32_t(4096));
    writer.set(architecture + ".attention.head_count", uint32_t(4));
    writer.set(architecture + ".attention.head_count_kv", std::vector<uint32_t>{1, 2});
    writer.set(architecture + ".expert_count", uint32_t(8));
    writer.set(architecture + ".expert_used_count", uint32_t(2));
}

} // namespace

class InspectTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(dir_.isValid()); }

    void demoModelIsDescribed()
    {
        const auto info = inspect(ember());
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->name, "Ember 10M");
        QCOMPARE(info->architecture, "llama");
        QCOMPARE(info->license, "MIT");
        QCOMPARE(info->quantization, "Q8_0");
        QCOMPARE(info->formats.front().format, "Q8_0");
        QCOMPARE(info->n_parameters, int64_t(8918272));
        QCOMPARE(info->n_active_parameters, info->n_parameters);
        QCOMPARE(info->n_layers, 10);
        QCOMPARE(info->n_embd, 256);
        QCOMPARE(info->n_heads, 8);
        QCOMPARE(info->n_kv_heads, 4);
        QCOMPARE(info->head_dim, 32);
        QCOMPARE(info->n_ctx_train, 1024);
        QCOMPARE(info->n_experts, 0);
        QCOMPARE(info->vocab_size, 4096);
        QCOMPARE(info->tokenizer, "BPE (llama-bpe)");
        QVERIFY(info->chat_template.find("im_start") != std::string::npos);
        QCOMPARE(info->shards.size(), size_t(1));
        QVERIFY(info->shards[0].present);
        QCOMPARE(info->shards[0].bytes, info->file_bytes);
        QCOMPARE(info->memory.size(), size_t(1));
        QCOMPARE(info->memory[0].kv_cache, int64_t(1024) * 10 * 4 * (32 + 32) * 2);
        QCOMPARE(info->unsupported, "");
    }

    void untiedEmbeddingCountsOneRowPerToken()
    {
        gguf::Writer writer;
        setShape(writer, "llama");
        writer.add_tensor("token_embd.weight", Format::f16, std::array<int64_t, 2>{64, 100});
        writer.add_tensor("output.weight", Format::f16, std::array<int64_t, 2>{64, 100});
        const auto info = inspect(store("untied.gguf", writer));
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->bytes_per_token, int64_t(2 * (64 + 64 * 100)));
    }

    void mixtureOfExpertsHasFewerActiveParameters()
    {
        gguf::Writer writer;
        setShape(writer, "llama");
        writer.add_tensor("blk.0.ffn_up_exps.weight", Format::f16, std::array<int64_t, 3>{64, 10, 8});
        writer.add_tensor("blk.0.attn_q.weight", Format::f16, std::array<int64_t, 2>{64, 64});
        const auto info = inspect(store("experts.gguf", writer));
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->n_parameters, int64_t(64 * 10 * 8 + 64 * 64));
        QCOMPARE(info->n_active_parameters, int64_t(64 * 10 * 2 + 64 * 64));
        QCOMPARE(info->bytes_per_token, 2 * info->n_active_parameters);
        QCOMPARE(info->n_experts, 8);
        QCOMPARE(info->n_experts_used, 2);
        QCOMPARE(info->name, "experts");
        QCOMPARE(info->n_kv_heads, 2);
        QCOMPARE(info->head_dim, 16);
    }

    void whatCannotRunIsDescribedAndSaysWhy()
    {
        gguf::Writer writer;
        setShape(writer, "martian");
        writer.set("tokenizer.ggml.model", "martian-tokens");
        writer.add_tensor("blk.0.attn_q.weight", Format::f16, std::array<int64_t, 2>{64, 64});
        const auto info = inspect(store("martian.gguf", writer));
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->architecture, "martian");
        QCOMPARE(info->n_layers, 2);
        QCOMPARE(info->tokenizer, "martian-tokens");
        QVERIFY(info->memory.empty());
        QVERIFY(info->unsupported.find("martian") != std::string::npos);
    }

    void unknownArchitectureWithKnownTensorsCanBeTried()
    {
        REQUIRE_GOLDEN();
        const auto path = renamed("llama", "alien").toStdString();
        const auto info = inspect(path);
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QVERIFY(info->unsupported.find("'alien'") != std::string::npos);
        QCOMPARE(info->can_try_as, "llama");
        const auto tried = inspect(path, "llama");
        QCOMPARE(tried->unsupported, "");
        QCOMPARE(tried->architecture, "alien");
        QVERIFY(!tried->memory.empty());
    }

    void unknownArchitectureWithoutTokenizerCannot()
    {
        REQUIRE_GOLDEN();
        const QString path = renamed("llama", "alien");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const QByteArray key = "tokenizer.ggml.model";
        const auto value = bytes.indexOf("llama", bytes.indexOf(key) + key.size());
        bytes.replace(value, 5, "runes");
        file.seek(0);
        file.write(bytes);
        file.close();
        const auto info = inspect(path.toStdString());
        QVERIFY(info->unsupported.find("'alien'") != std::string::npos);
        QCOMPARE(info->can_try_as, "");
    }

    void unknownArchitectureWithOtherTensorsCannot()
    {
        REQUIRE_GOLDEN();
        QCOMPARE(inspect(renamed("gpt2", "mars").toStdString())->can_try_as, "");
    }

    void lackingTensorIsToldBeforeLoading()
    {
        gguf::Writer writer;
        setShape(writer, "llama");
        writer.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        writer.set("llama.feed_forward_length", uint32_t(128));
        writer.set("llama.vocab_size", uint32_t(100));
        writer.add_tensor("token_embd.weight", Format::f16, std::array<int64_t, 2>{64, 100});
        const auto info = inspect(store("lacking.gguf", writer));
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QVERIFY2(info->unsupported.find("'output_norm.weight'") != std::string::npos,
                 info->unsupported.c_str());
    }

    void vocabularyWithoutWeightsCannotRun()
    {
        REQUIRE_GOLDEN();
        const auto info = inspect(test::goldenDir() / "tokenizers/ggml-vocab-llama-spm.gguf");
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->vocab_size, 32000);
        QVERIFY(info->unsupported.find("no weights") != std::string::npos);
    }

    void missingShardsAreListed()
    {
        gguf::Writer writer;
        setShape(writer, "llama");
        writer.set("split.no", uint16_t(0));
        writer.set("split.count", uint16_t(2));
        const auto info = inspect(store("m-00001-of-00002.gguf", writer));
        QVERIFY2(info.has_value(), info ? "" : info.error().message.c_str());
        QCOMPARE(info->shards.size(), size_t(2));
        QVERIFY(info->shards[0].present);
        QVERIFY(info->shards[0].bytes > 0);
        QVERIFY(!info->shards[1].present);
        QVERIFY(info->unsupported.find("m-00002-of-00002.gguf") != std::string::npos);
    }

    void filesThatAreNoModelAreErrors()
    {
        QCOMPARE(int(inspect("no such file").error().kind), int(ErrorKind::not_found));
        QCOMPARE(int(inspect(dir_.path().toStdString()).error().kind), int(ErrorKind::unreadable));
        QCOMPARE(int(inspect(ROCMFORGE_SOURCE_DIR "/README.md").error().kind), int(ErrorKind::bad_magic));
    }

    void everyGoldenModelIsDescribed()
    {
        REQUIRE_GOLDEN();
        for (const auto& entry : std::filesystem::directory_iterator(test::goldenDir() / "models")) {
            if (entry.path().extension() != ".gguf")
                continue;
            const auto info = inspect(entry.path());
            QVERIFY2(info.has_value(), entry.path().c_str());
            QVERIFY(info->name.starts_with("tiny "));
            QCOMPARE(info->n_ctx_train, 256);
            QCOMPARE(info->vocab_size, 512);
            QVERIFY(info->n_layers > 0 && info->n_embd > 0 && info->n_active_parameters > 0);
        }
    }

private:
    /// A golden model that says it is of another architecture, whose name must be as long.
    QString renamed(const QString& from, const QString& to) const
    {
        QFile model(QString::fromStdString((test::goldenDir() / "models").string()) + '/' + from + ".gguf");
        if (!model.open(QIODevice::ReadOnly) || from.size() != to.size())
            return {};
        QByteArray bytes = model.readAll();
        bytes.replace((from + '.').toUtf8(), (to + '.').toUtf8()); // keys
        const QByteArray key = "general.architecture";
        const auto value = bytes.indexOf(from.toUtf8(), bytes.indexOf(key) + key.size());
        bytes.replace(value, from.size(), to.toUtf8());
        QFile copy(dir_.filePath(to + ".gguf"));
        return copy.open(QIODevice::WriteOnly) && copy.write(bytes) > 0 ? copy.fileName() : QString();
    }

    /// With zeros for weights.
    std::filesystem::path store(const std::string& name, const gguf::Writer& writer) const
    {
        const std::filesystem::path path = dir_.path().toStdString() + "/" + name;
        std::ofstream(path, std::ios::binary) << writer.header();
        std::filesystem::resize_file(path, size_t(writer.file_bytes()));
        return path;
    }

    QTemporaryDir dir_;
};

QTEST_APPLESS_MAIN(InspectTest)
#include "inspect_test.moc"
