// The fact sheet of a large model comes at once: it is read from the headers, whatever lies behind them.
#include <rocmforge/model_info.h>

#include "gguf/writer.h"

#include <QTemporaryDir>
#include <QtTest>

#include <ctime>
#include <random>
#include <set>

using namespace rocmforge;

namespace {

constexpr int n_tokens = 151'936;
constexpr int n_layers = 80;
constexpr int n_shards = 9;
constexpr int64_t n_embd = 8192, n_ff = 28'672, n_kv = 1024;

double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// A byte-level BPE vocabulary of a usual size: every token beyond the letters is two others merged.
void setTokenizer(gguf::Writer& writer)
{
    std::mt19937 random(1);
    std::vector<std::string> tokens, merges;
    std::set<std::string> known;
    for (char letter = '!'; letter <= '~'; ++letter)
        known.insert(tokens.emplace_back(1, letter));
    while (tokens.size() < n_tokens) {
        const std::string left = tokens[random() % std::min<size_t>(tokens.size(), 3000)];
        const std::string right = tokens[random() % std::min<size_t>(tokens.size(), 3000)];
        if (!known.insert(left + right).second)
            continue;
        tokens.push_back(left + right);
        merges.push_back(left + ' ' + right);
    }
    writer.set("tokenizer.ggml.model", "gpt2");
    writer.set("tokenizer.ggml.pre", "qwen2");
    writer.set("tokenizer.ggml.tokens", tokens);
    writer.set("tokenizer.ggml.token_type", std::vector<int32_t>(tokens.size(), 1));
    writer.set("tokenizer.ggml.merges", merges);
}

void setModel(gguf::Writer& writer)
{
    writer.set("general.architecture", "llama");
    writer.set("llama.block_count", uint32_t(n_layers));
    writer.set("llama.embedding_length", uint32_t(n_embd));
    writer.set("llama.feed_forward_length", uint32_t(n_ff));
    writer.set("llama.context_length", uint32_t(131'072));
    writer.set("llama.attention.head_count", uint32_t(64));
    writer.set("llama.attention.head_count_kv", uint32_t(8));
    writer.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
}

void addLayer(gguf::Writer& writer, int layer)
{
    const auto matrix = [&](const char* name, int64_t n_in, int64_t n_out) {
        writer.add_tensor("blk." + std::to_string(layer) + '.' + name, Format::q4_k,
                          std::array<int64_t, 2>{n_in, n_out});
    };
    const auto norm = [&](const char* name) {
        writer.add_tensor("blk." + std::to_string(layer) + '.' + name, Format::f32,
                          std::array<int64_t, 1>{n_embd});
    };
    norm("attn_norm.weight");
    matrix("attn_q.weight", n_embd, n_embd);
    matrix("attn_k.weight", n_embd, n_kv);
    matrix("attn_v.weight", n_embd, n_kv);
    matrix("attn_output.weight", n_embd, n_embd);
    norm("ffn_norm.weight");
    matrix("ffn_gate.weight", n_embd, n_ff);
    matrix("ffn_up.weight", n_embd, n_ff);
    matrix("ffn_down.weight", n_ff, n_embd);
}

void addEnds(gguf::Writer& writer)
{
    const std::array<int64_t, 2> shape{n_embd, n_tokens};
    writer.add_tensor("token_embd.weight", Format::q4_k, shape);
    writer.add_tensor("output.weight", Format::q6_k, shape);
    writer.add_tensor("output_norm.weight", Format::f32, std::array<int64_t, 1>{n_embd});
}

} // namespace

class InspectSpeedTest : public QObject {
    Q_OBJECT

private slots:
    void largeSplitModelIsDescribedAtOnce()
    {
        const std::filesystem::path first = storeModel();
        double fastest = 1e9;
        Result<ModelInfo> info = inspect(first);
        for (int i = 0; i < 3; ++i) {
            const double start = processorSeconds();
            info = inspect(first);
            fastest = std::min(fastest, processorSeconds() - start);
        }
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->unsupported, "");
        QVERIFY(info->file_bytes > 38'000'000'000);
        QCOMPARE(int(info->shards.size()), n_shards);
        qInfo("%.1f GB described in %.1f ms", double(info->file_bytes) / 1e9, fastest * 1e3);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        QCOMPARE_LT(fastest, 0.050);
#endif
    }

private:
    /// All shards, with holes for weights; returns the first.
    std::filesystem::path storeModel() const
    {
        std::filesystem::path first;
        for (int shard = 0; shard < n_shards; ++shard) {
            gguf::Writer writer;
            if (shard == 0) {
                setModel(writer);
                setTokenizer(writer);
                addEnds(writer);
            }
            writer.set("split.no", uint16_t(shard));
            writer.set("split.count", uint16_t(n_shards));
            for (int layer = 0; layer < n_layers; ++layer)
                if (layer * n_shards / n_layers == shard)
                    addLayer(writer, layer);
            const auto name = QString("model-%1-of-%2.gguf")
                                  .arg(shard + 1, 5, 10, QChar('0'))
                                  .arg(n_shards, 5, 10, QChar('0'));
            const std::filesystem::path path = dir_.filePath(name).toStdString();
            std::ofstream(path, std::ios::binary) << writer.header();
            std::filesystem::resize_file(path, size_t(writer.file_bytes()));
            if (shard == 0)
                first = path;
        }
        return first;
    }

    QTemporaryDir dir_;
};

QTEST_APPLESS_MAIN(InspectSpeedTest)
#include "inspect_speed_test.moc"
