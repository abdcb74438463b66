// What metadata say and leave unsaid becomes a model's configuration.
#include "gguf/writer.h"
#include "model/config.h"

#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <cmath>

using namespace rocmforge;

namespace {

using Entries = std::vector<std::pair<std::string, gguf::Writer::Value>>;

/// Sizes are one for all layers, or a list of one per layer.
using Sizes = gguf::Writer::Value;

struct Shape {
    uint32_t nLayers = 3;
    Sizes nHeads = 4U;
    Sizes nKvHeads = 2U;
    Sizes nFf = 96U;
};

} // namespace

class ModelConfigTest : public QObject {
    Q_OBJECT

private slots:
    void layersMayLackBlocks()
    {
        const std::vector<uint32_t> heads{4, 0, 4}, kvHeads{2, 0, 0}, ff{96, 96, 0};
        const auto config = read("deci", {.nHeads = heads, .nKvHeads = kvHeads, .nFf = ff});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        const auto& layers = config->layers;
        QVERIFY((std::array{layers[0].n_heads, layers[1].n_heads, layers[2].n_heads} == std::array{4, 0, 0}));
        QVERIFY(!layers[0].projects && !layers[1].projects && layers[2].projects);
        QCOMPARE(layers[2].n_ff, 0);
    }

    void layersWithoutHeadsAreRefusedElsewhere()
    {
        const std::vector<uint32_t> heads{4, 0, 4};
        const auto config = read("llama", {.nHeads = heads});
        QVERIFY(!config);
        QVERIFY(config.error().message.find("head_count") != std::string::npos);
    }

    void layersOfOneBlockAreOfOneKind()
    {
        const std::vector<uint32_t> kvHeads{0, 2, 0}, ff{0, 0, 96};
        const auto config = read("nemotron_h", {.nKvHeads = kvHeads, .nFf = ff},
                                 {{"ssm.conv_kernel", 4U},
                                  {"ssm.inner_size", 128U},
                                  {"ssm.state_size", 16U},
                                  {"ssm.time_step_rank", 8U},
                                  {"ssm.group_count", 2U}});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        const auto& layers = config->layers;
        QVERIFY(layers[0].recurrent && !layers[1].recurrent && !layers[2].recurrent);
        QVERIFY(layers[0].n_heads == 0 && layers[1].n_heads == 4 && layers[2].n_heads == 0);
    }

    void scalesFollowFromTheSize()
    {
        const auto config = read("minicpm", {});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->embedding_scale, 12.0f);
        QCOMPARE(config->residual_scale, 1.4f / std::sqrt(3.0f));
        QCOMPARE(config->logit_scale, 256.0f / 64);
    }

    void scalesOfTheFileGoFirst()
    {
        const auto config = read("minicpm", {}, {{"embedding_scale", 3.0f}, {"logit_scale", 4.0f}});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->embedding_scale, 3.0f);
        QCOMPARE(config->logit_scale, 0.25f);
    }

    void alibiTakesThePlaceOfRopeInModelsOfItsSize_data()
    {
        QTest::addColumn<uint32_t>("nLayers");
        QTest::addColumn<float>("bias");
        QTest::newRow("32 layers") << 32U << 0.0f;
        QTest::newRow("40 layers") << 40U << 8.0f;
    }
    void alibiTakesThePlaceOfRopeInModelsOfItsSize()
    {
        QFETCH(uint32_t, nLayers);
        QFETCH(float, bias);
        const auto config = read("baichuan", {.nLayers = nLayers});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->alibi_max_bias, bias);
        QCOMPARE(config->layers[0].rope.pairing == RopePairing::none, bias > 0);
    }

    void slidingLayersMayBeNamedByNumbers()
    {
        const std::vector<uint32_t> slides{0, 1, 0};
        const auto config = read(
            "mimo2", {}, {{"attention.sliding_window", 16U}, {"attention.sliding_window_pattern", slides}});
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        const auto& layers = config->layers;
        QVERIFY((std::array{layers[0].window, layers[1].window, layers[2].window} == std::array{0, 16, 0}));
    }

private:
    /// The configuration of a file of this shape, n_embd 64.
    Result<Config> read(const std::string& architecture, const Shape& shape, const Entries& entries = {})
    {
        gguf::Writer writer;
        writer.set("general.architecture", architecture);
        Entries all{{"block_count", shape.nLayers},
                    {"embedding_length", 64U},
                    {"context_length", 256U},
                    {"vocab_size", 8U},
                    {"attention.head_count", shape.nHeads},
                    {"attention.head_count_kv", shape.nKvHeads},
                    {"feed_forward_length", shape.nFf},
                    {"attention.key_length", 16U},
                    {"attention.layer_norm_rms_epsilon", 1e-5f}};
        all.insert(all.end(), entries.begin(), entries.end());
        for (const auto& [key, value] : all)
            writer.set(architecture + "." + key, value);
        const std::string path = m_folder.filePath("model.gguf").toStdString();
        TRY_STATUS(writer.begin(path));
        TRY_STATUS(writer.finish());
        TRY(const gguf::File file, gguf::File::open(path));
        return read_config(file);
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ModelConfigTest)
#include "model_config_test.moc"
