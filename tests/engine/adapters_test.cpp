// LoRA adapters: a model with them computes what the model with changed weights computes.
#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/reference.h"
#include "model_session.h"
#include "tiny_adapters.h"

#include <QTemporaryDir>

#include <functional>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

std::vector<int32_t> someTokens()
{
    std::vector<int32_t> tokens;
    for (int i = 0; i < 40; ++i)
        tokens.push_back(i * i * 7 % int(vocab));
    return tokens;
}

} // namespace

class AdaptersTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    std::unique_ptr<Backend> backend_;

    std::filesystem::path path(const char* name) const { return dir_.filePath(name).toStdString(); }

    /// Logits of a prefill of 36 tokens and four single steps.
    Result<std::vector<float>> logits(Adapters adapters = {})
    {
        TRY(auto session,
            ModelSession::open(path("model.gguf"), *backend_, KvType::f32, 64, std::move(adapters)));
        return session.run(someTokens(), std::array{36, 1, 1, 1, 1});
    }

    Status useBackend(const QString& name)
    {
        if (name == "reference") {
            backend_ = std::make_unique<CpuReference>();
            return {};
        }
        TRY(backend_, create_cpu_backend(2, name.toStdString()));
        return {};
    }

private slots:
    void init() { backend_ = std::make_unique<CpuReference>(); }

    void logitsAreThoseOfTheChangedWeights_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("backend");
        QTest::addColumn<Format>("format");
        QTest::addColumn<double>("tolerance");
        for (const char* backend : {"reference", "scalar", "avx2", "avx512"})
            for (int kind = 0; kind < int(std::size(adaptedKinds)); ++kind) {
                QTest::addRow("%s/%s", adaptedKinds[kind].architecture, backend)
                    << kind << QString(backend) << Format::f32 << 1e-10;
                // Transposed weights do not stay quantized: they are kept as F16.
                const bool exact = qstrcmp(backend, "reference") == 0;
                QTest::addRow("quantized %s/%s", adaptedKinds[kind].architecture, backend)
                    << kind << QString(backend) << Format::q8_0 << (exact ? 1e-6 : 1e-3);
            }
    }
    void logitsAreThoseOfTheChangedWeights()
    {
        QFETCH(int, kind);
        QFETCH(QString, backend);
        QFETCH(Format, format);
        QFETCH(double, tolerance);
        if (const Status status = useBackend(backend); !status)
            QSKIP(status.error().message.c_str());

        const Lora loras[] = {{.rank = 4, .alpha = 6, .scale = 0.5f},
                              {.rank = 3, .scale = -1.25f, .format = Format::f16}};
        TinyModel model = adaptedKinds[kind].make(format);
        QVERIFY(model.write(path("model.gguf")));
        const auto unchanged = logits();
        QVERIFY2(unchanged, errorText(unchanged));

        Adapters adapters;
        for (unsigned i = 0; i < std::size(loras); ++i) {
            const TinyModel adapter = adapterFor(model, adaptedKinds[kind].architecture, loras[i], 10 + i);
            QVERIFY(adapter.write(path("adapter.gguf")));
            const Status added = adapters.add(path("adapter.gguf"), loras[i].scale);
            QVERIFY2(added, errorText(added));
            std::filesystem::remove(path("adapter.gguf")); // stays mapped
            merge(model, adapter, loras[i]);
        }
        const auto adapted = logits(std::move(adapters));
        QVERIFY2(adapted, errorText(adapted));
        QVERIFY(model.write(path("model.gguf")));
        const auto expected = logits();
        QVERIFY2(expected, errorText(expected));
        QCOMPARE_GT(nmse(*unchanged, *expected), 0.01);
        QCOMPARE_LT(nmse(*adapted, *expected), tolerance);
    }

    void scaleOfZeroChangesNothing()
    {
        QVERIFY(useBackend(""));
        TinyModel model = dense(Format::q8_0);
        QVERIFY(model.write(path("model.gguf")));
        QVERIFY(adapterFor(model, "llama", {}, 10).write(path("adapter.gguf")));
        Adapters adapters;
        QVERIFY(adapters.add(path("adapter.gguf"), 0));
        QCOMPARE(logits(std::move(adapters)).value(), logits().value());
    }

    void wrongAdaptersAreRefused_data()
    {
        QTest::addColumn<std::function<void(TinyModel&)>>("spoil");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("words");
        using Spoil = std::function<void(TinyModel&)>;
        const auto kindOf = [](const char* architecture, const char* type, const char* adapterType) {
            return Spoil([=](TinyModel& adapter) {
                adapter = TinyModel(1);
                adapter.set("general.architecture", std::string(architecture));
                adapter.set("general.type", std::string(type));
                adapter.set("adapter.type", std::string(adapterType));
            });
        };
        QTest::newRow("a model") << kindOf("llama", "model", "") << ErrorKind::unsupported
                                 << "is not an adapter";
        QTest::newRow("another kind")
            << kindOf("llama", "adapter", "ia3") << ErrorKind::unsupported << "'ia3'";
        QTest::newRow("another architecture")
            << kindOf("qwen2", "adapter", "lora") << ErrorKind::unsupported << "'qwen2'";
        QTest::newRow("a tensor that the model lacks") << Spoil([](TinyModel& adapter) {
            adapter.add("blk.7.attn_q.weight.lora_a", {64, 4});
            adapter.add("blk.7.attn_q.weight.lora_b", {4, 64});
        }) << ErrorKind::missing_tensor << "'blk.7.attn_q.weight'";
        QTest::newRow("a norm") << Spoil([](TinyModel& adapter) {
            adapter.add("output_norm.weight.lora_a", {64, 4});
            adapter.add("output_norm.weight.lora_b", {4, 1});
        }) << ErrorKind::missing_tensor
                                << "'output_norm.weight'";
        QTest::newRow("another shape")
            << Spoil([](TinyModel& adapter) { adapter.tensors()[2].shape = {32, 8}; })
            << ErrorKind::shape_mismatch << "64 × 80";
        QTest::newRow("half a pair") << Spoil([](TinyModel& adapter) { adapter.tensors().pop_back(); })
                                     << ErrorKind::missing_tensor << "only one of the two parts";
        QTest::newRow("the other half")
            << Spoil([](TinyModel& adapter) { adapter.tensors().erase(adapter.tensors().begin()); })
            << ErrorKind::missing_tensor << "only one of the two parts";
        QTest::newRow("no part of an adapter")
            << Spoil([](TinyModel& adapter) { adapter.add("blk.0.attn_q.bias", {64}); })
            << ErrorKind::unsupported << "'blk.0.attn_q.bias'";
        QTest::newRow("not a number")
            << Spoil([](TinyModel& adapter) { adapter.tensors()[0].values[3] = std::nanf(""); })
            << ErrorKind::non_finite_weights << ".lora_a'";
    }
    void wrongAdaptersAreRefused()
    {
        QFETCH(std::function<void(TinyModel&)>, spoil);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, words);
        TinyModel model = dense(Format::f32);
        QVERIFY(model.write(path("model.gguf")));
        TinyModel adapter = adapterFor(model, "llama", {}, 10);
        spoil(adapter);
        QVERIFY(adapter.write(path("adapter.gguf")));
        const auto load = [&]() -> Result<std::vector<float>> {
            Adapters adapters;
            TRY_STATUS(adapters.add(path("adapter.gguf"), 1));
            return logits(std::move(adapters));
        };
        const auto result = load();
        QVERIFY(!result);
        QCOMPARE(int(result.error().kind), int(kind));
        QVERIFY2(QString::fromStdString(result.error().message).contains(words), errorText(result));
        QVERIFY(!result.error().remedy.empty());
    }

    void normsAreLeftOutWithAWarning()
    {
        TinyModel model = dense(Format::f32);
        QVERIFY(model.write(path("model.gguf")));
        TinyModel adapter(1);
        setAdapterKind(adapter, "llama");
        adapter.addVector("blk.0.attn_norm.weight", 64, 1);
        QVERIFY(adapter.write(path("adapter.gguf")));
        Adapters adapters;
        QVERIFY(adapters.add(path("adapter.gguf"), 1));
        QCOMPARE(adapters.warnings().size(), 1u);
        QCOMPARE(logits(std::move(adapters)).value(), logits().value());
    }

    void adapterIsNoModel()
    {
        TinyModel adapter(1);
        setAdapterKind(adapter, "llama");
        QVERIFY(adapter.write(path("model.gguf")));
        const auto result = logits();
        QVERIFY(!result);
        QCOMPARE(int(result.error().kind), int(ErrorKind::unsupported));
        QVERIFY2(QString::fromStdString(result.error().message).contains("adapter"), errorText(result));
    }
};

QTEST_APPLESS_MAIN(AdaptersTest)
#include "adapters_test.moc"
