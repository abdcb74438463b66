// Files that hold a recurrent model of the reference data in other tensors or under another
// architecture, made so that the logits stay the same.
#include "backend/cpu/reference.h"
#include "gguf/writer.h"
#include "model_session.h"

#include <QTemporaryDir>

#include <cstring>
#include <functional>
#include <map>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

struct Tensor {
    Format format = Format::f32;
    std::vector<int64_t> shape;
    std::vector<std::byte> bytes;

    [[nodiscard]] int64_t rowBytes() const { return format_bytes(format, shape[0]); }
    void appendRows(const Tensor& from, int64_t first, int64_t n)
    {
        const auto begin = from.bytes.begin() + first * from.rowBytes();
        bytes.insert(bytes.end(), begin, begin + n * from.rowBytes());
    }
};

Tensor zeros(std::vector<int64_t> shape)
{
    const int64_t n = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies());
    return {Format::f32, std::move(shape), std::vector<std::byte>(size_t(4 * n))};
}

/// A file's tensors and metadata, to be changed and written again.
class Rewriting {
public:
    std::map<std::string, Tensor> tensors;
    std::map<std::string, gguf::Writer::Value> metadata; ///< without the architecture's prefix

    explicit Rewriting(const gguf::File& file)
        : architecture_(file.metadata().string("general.architecture").value())
    {
        for (const gguf::TensorInfo& tensor : file.tensors())
            tensors[std::string(tensor.name)] = {tensor.format,
                                                 {tensor.shape.begin(), tensor.shape.begin() + tensor.n_dims},
                                                 {tensor.data.begin(), tensor.data.end()}};
        const std::string prefix = architecture_ + ".";
        for (const auto& [key, value] : file.metadata().values())
            if (key.starts_with(prefix))
                copy(std::string(key.substr(prefix.size())), value);
        metadata["vocab_size"] = uint32_t(file.find_tensor("token_embd.weight")->shape[1]);
    }

    Tensor take(const std::string& name) { return std::move(tensors.extract(name).mapped()); }

    Status write(const std::filesystem::path& path, const std::string& architecture) const
    {
        gguf::Writer writer;
        writer.set("general.architecture", architecture);
        for (const auto& [key, value] : metadata)
            writer.set(architecture + "." + key, value);
        for (const auto& [name, tensor] : tensors)
            writer.add_tensor(name, tensor.format, tensor.shape);
        TRY_STATUS(writer.begin(path));
        for (const auto& [name, tensor] : tensors)
            TRY_STATUS(writer.write(tensor.bytes));
        return writer.finish();
    }

private:
    void copy(const std::string& key, const gguf::Value& value)
    {
        if (const auto* count = std::get_if<uint64_t>(&value))
            metadata[key] = uint32_t(*count);
        else if (const auto* integer = std::get_if<int64_t>(&value))
            metadata[key] = int32_t(*integer);
        else if (const auto* number = std::get_if<double>(&value))
            metadata[key] = float(*number);
        else if (const auto* flag = std::get_if<bool>(&value))
            metadata[key] = *flag;
        else if (const auto* array = std::get_if<gguf::Array>(&value))
            copyIntegers(key, *array);
    }
    void copyIntegers(const std::string& key, const gguf::Array& array)
    {
        std::vector<uint32_t> values(array.size);
        if (array.bytes.size() == values.size() * sizeof(uint32_t))
            std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
        metadata[key] = values;
    }

    std::string architecture_;
};

} // namespace

class RecurrentFilesTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    CpuReference backend_;

    static std::filesystem::path golden(const char* name)
    {
        return goldenDir() / "models" / (std::string(name) + ".gguf");
    }
    std::vector<float> logitsOf(const std::filesystem::path& path)
    {
        auto session = ModelSession::open(path, backend_, KvType::f32);
        if (!session) {
            qWarning("%s", session.error().message.c_str());
            return {};
        }
        std::vector<int32_t> tokens(40);
        std::iota(tokens.begin(), tokens.end(), 7);
        return session->run(tokens).value_or(std::vector<float>());
    }
    std::vector<float> logitsOf(const Rewriting& model, const std::string& architecture)
    {
        const std::filesystem::path path = dir_.filePath("model.gguf").toStdString();
        const Status written = model.write(path, architecture);
        return written ? logitsOf(path) : std::vector<float>();
    }

private slots:
    void initTestCase() { REQUIRE_GOLDEN(); }
    void deltaNetInputMayBeOneTensor();
    void feedForwardBlocksMayBeExperts();
    void routersTellWhichLayersHaveExperts();
};

void RecurrentFilesTest::deltaNetInputMayBeOneTensor()
{
    Rewriting model(gguf::File::open(golden("qwen3next")).value());
    const int64_t n_groups = 2, key = 64, values = 128; // of the value heads that share a key head
    for (const std::string layer : {"blk.0.", "blk.1.", "blk.2."}) {
        const Tensor qkv = model.take(layer + "attn_qkv.weight"), z = model.take(layer + "attn_gate.weight");
        Tensor merged{qkv.format, {qkv.shape[0], qkv.shape[1] + z.shape[1]}, {}};
        for (int64_t g = 0; g < n_groups; ++g) {
            merged.appendRows(qkv, g * key, key);
            merged.appendRows(qkv, (n_groups + g) * key, key);
            merged.appendRows(qkv, 2 * n_groups * key + g * values, values);
            merged.appendRows(z, g * values, values);
        }
        model.tensors[layer + "ssm_in.weight"] = merged;
    }
    QCOMPARE(logitsOf(model, "qwen3next"), logitsOf(golden("qwen3next")));
}

/// Experts that are all the dense block, so that it does not matter which are chosen.
void RecurrentFilesTest::feedForwardBlocksMayBeExperts()
{
    Rewriting model(gguf::File::open(golden("lfm2")).value());
    const int64_t n_experts = 3, n_embd = 128;
    model.metadata["leading_dense_block_count"] = uint32_t(2);
    model.metadata["expert_count"] = uint32_t(n_experts);
    model.metadata["expert_used_count"] = uint32_t(2);
    for (const std::string layer : {"blk.2.", "blk.3."}) {
        for (const std::string part : {"ffn_gate", "ffn_up", "ffn_down"}) {
            const Tensor dense = model.take(layer + part + ".weight");
            Tensor stacked{dense.format, {dense.shape[0], dense.shape[1], n_experts}, {}};
            for (int64_t e = 0; e < n_experts; ++e)
                stacked.appendRows(dense, 0, dense.shape[1]);
            model.tensors[layer + part + "_exps.weight"] = stacked;
        }
        model.tensors[layer + "ffn_gate_inp.weight"] = zeros({n_embd, n_experts});
        model.tensors[layer + "exp_probs_b.bias"] = zeros({n_experts});
    }
    const auto logits = logitsOf(model, "lfm2moe");
    QVERIFY(!logits.empty());
    QCOMPARE_LT(nmse(logits, logitsOf(golden("lfm2"))), 1e-9);
}

/// Feed-forward blocks that add nothing.
void RecurrentFilesTest::routersTellWhichLayersHaveExperts()
{
    Rewriting model(gguf::File::open(golden("mamba")).value());
    const int64_t n_embd = 128, n_ff = 32, n_experts = 2;
    model.metadata["feed_forward_length"] = uint32_t(n_ff);
    model.metadata["expert_count"] = uint32_t(n_experts);
    model.metadata["expert_used_count"] = uint32_t(1);
    model.tensors["blk.0.ffn_gate.weight"] = model.tensors["blk.0.ffn_up.weight"] = zeros({n_embd, n_ff});
    model.tensors["blk.0.ffn_down.weight"] = zeros({n_ff, n_embd});
    model.tensors["blk.1.ffn_gate_inp.weight"] = zeros({n_embd, n_experts});
    model.tensors["blk.1.ffn_gate_exps.weight"] = zeros({n_embd, n_ff, n_experts});
    model.tensors["blk.1.ffn_up_exps.weight"] = zeros({n_embd, n_ff, n_experts});
    model.tensors["blk.1.ffn_down_exps.weight"] = zeros({n_ff, n_embd, n_experts});
    for (const std::string layer : {"blk.0.", "blk.1."})
        model.tensors[layer + "ffn_norm.weight"] = zeros({n_embd});
    QCOMPARE(logitsOf(model, "jamba"), logitsOf(golden("mamba")));
}

QTEST_APPLESS_MAIN(RecurrentFilesTest)
#include "recurrent_files_test.moc"
