// What files differ in besides their architecture: factors of rotation by context, heads by layer, the
// length of tables.
#include "backend/cpu/reference.h"
#include "model_session.h"
#include "tiny_decoders.h"

#include <QTemporaryDir>

#include <cstring>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

std::vector<int32_t> someTokens(int n)
{
    std::vector<int32_t> tokens;
    for (int i = 0; i < n; ++i)
        tokens.push_back(i * i * 7 % 70);
    return tokens;
}

/// Rows or columns of a matrix that are kept, or zeroed in a copy.
void zeroColumns(TinyTensor& tensor, int64_t first)
{
    for (size_t i = 0; i < tensor.values.size(); ++i)
        if (int64_t(i) % tensor.shape[0] >= first)
            tensor.values[i] = 0;
}

void keepColumns(TinyTensor& tensor, int64_t n)
{
    std::vector<float> kept;
    for (size_t i = 0; i < tensor.values.size(); ++i)
        if (int64_t(i) % tensor.shape[0] < n)
            kept.push_back(tensor.values[i]);
    tensor.values = std::move(kept);
    tensor.shape[0] = n;
}

void keepRows(TinyTensor& tensor, int64_t n)
{
    tensor.shape[1] = n;
    tensor.values.resize(size_t(n * tensor.shape[0]));
}

TinyModel heads(const std::vector<uint32_t>& nHeads, const std::vector<uint32_t>& nKvHeads)
{
    TinyModel model = dense(Format::f32);
    model.replace("llama.attention.head_count", nHeads);
    model.replace("llama.attention.head_count_kv", nKvHeads);
    model.set("llama.attention.key_length", head_dim);
    return model;
}

/// One layer whose matrices hold -1, 0 and 1, times a scale that `scaled` says.
constexpr int64_t ternaryWidth = 256;
constexpr float ternaryScale = 0.0625f;
constexpr const char* ternaryMatrices[] = {"attn_q",   "attn_k", "attn_v",  "attn_output",
                                           "ffn_gate", "ffn_up", "ffn_down"};

std::string ternaryName(const char* matrix, const char* part)
{
    return std::string("blk.0.") + matrix + part;
}

TinyModel ternary(bool scaled)
{
    TinyModel model(11);
    setShape(model, "llama");
    model.replace("llama.block_count", uint32_t{1});
    model.replace("llama.embedding_length", uint32_t{ternaryWidth});
    model.replace("llama.feed_forward_length", uint32_t{ternaryWidth});
    model.set("llama.attention.key_length", uint32_t{ternaryWidth / n_heads});
    model.replace("llama.attention.head_count_kv", n_heads);
    model.add("token_embd.weight", {ternaryWidth, vocab}, Format::f32, 0, 1);
    for (const char* norm : {"output_norm.weight", "blk.0.attn_norm.weight", "blk.0.ffn_norm.weight"})
        model.addVector(norm, ternaryWidth, 1);
    for (const char* matrix : ternaryMatrices) {
        TinyTensor& tensor = model.add(ternaryName(matrix, ".weight"), {ternaryWidth, ternaryWidth});
        tensor.format = Format::tq2_0;
        for (float& value : tensor.values)
            value = value > 0.03f ? 1.0f : value < -0.03f ? -1.0f : 0.0f;
    }
    for (const char* matrix : ternaryMatrices)
        if (scaled)
            model.add(ternaryName(matrix, ".scale"), {1}).values = {ternaryScale};
    return model;
}

/// The type of a tensor of two dimensions in the directory, which follows its name and shape.
void setType(std::string& file, const std::string& tensor, uint32_t type)
{
    const size_t at = file.find(tensor) + tensor.size() + sizeof(uint32_t) + 2 * sizeof(uint64_t);
    std::memcpy(&file[at], &type, sizeof type);
}

/// In the place of TQ2_0's blocks their codes, in the order of I2_S, and after them the scale.
void storeBareCodes(std::string& file, const TinyTensor& tensor)
{
    const auto header = gguf::parse(std::as_bytes(std::span(file))).value();
    const auto& data = std::ranges::find(header.tensors, tensor.name, &gguf::TensorInfo::name)->data;
    std::string bytes(data.size(), '\0');
    for (size_t i = 0; i < tensor.values.size(); ++i) {
        const size_t inGroup = i % 128;
        const auto code = static_cast<unsigned>(tensor.values[i] + 1);
        bytes[i / 128 * 32 + inGroup % 32] |= static_cast<char>(code << (6 - 2 * (inGroup / 32)));
    }
    std::memcpy(&bytes[tensor.values.size() / 4], &ternaryScale, sizeof ternaryScale);
    const auto* begin = reinterpret_cast<const char*>(data.data());
    file.replace(size_t(begin - file.data()), bytes.size(), bytes);
    setType(file, tensor.name, 36);
}

} // namespace

class ShapesTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    CpuReference backend_;

    std::filesystem::path path() const { return dir_.filePath("model.gguf").toStdString(); }

    std::string contents() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }
    void write(const std::string& contents) const
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents.data(), qsizetype(contents.size())), qint64(contents.size()));
    }

    Result<ModelSession> open(const TinyModel& model, int nCtx = 0)
    {
        TRY_STATUS(model.write(path()));
        return ModelSession::open(path(), backend_, KvType::f32, 64, {}, nCtx);
    }

    std::vector<float> logits(const TinyModel& model, int nCtx = 0)
    {
        auto session = open(model, nCtx);
        if (!session)
            qFatal("%s", session.error().message.c_str());
        return session->run(someTokens(40)).value();
    }

private slots:
    void longRopeTakesItsFactorsByContext()
    {
        constexpr int original = 64;
        TinyModel model = merged(Format::f32);
        model.set("phi3.rope.scaling.type", std::string("longrope"));
        model.set("phi3.rope.scaling.original_context_length", uint32_t{original});
        TinyModel plain = model, stretched = model;
        const auto shortFactors =
            model.add("rope_factors_short.weight", {head_dim / 2}, Format::f32, 1.3f, 0.1f);
        const auto longFactors = model.add("rope_factors_long.weight", {head_dim / 2}, Format::f32, 9, 2);
        plain.add("rope_freqs.weight", {head_dim / 2}).values = shortFactors.values;
        stretched.add("rope_freqs.weight", {head_dim / 2}).values = longFactors.values;
        QCOMPARE(logits(model, original), logits(plain));
        QCOMPARE(logits(model, original + 1), logits(stretched));
        QCOMPARE(logits(model), logits(stretched));
        QVERIFY(nmse(logits(plain), logits(stretched)) > 1e-4);
    }

    /// Half of the heads in the second layer are as good as heads that nothing reads.
    void layersHaveHeadsOfTheirOwn()
    {
        TinyModel ignored = heads({n_heads, n_heads}, {n_kv_heads, n_kv_heads});
        zeroColumns(ignored.tensor("blk.1.attn_output.weight"), n_heads / 2 * head_dim);
        TinyModel fewer = heads({n_heads, n_heads / 2}, {n_kv_heads, n_kv_heads / 2});
        keepRows(fewer.tensor("blk.1.attn_q.weight"), n_heads / 2 * head_dim);
        keepRows(fewer.tensor("blk.1.attn_k.weight"), n_kv_heads / 2 * head_dim);
        keepRows(fewer.tensor("blk.1.attn_v.weight"), n_kv_heads / 2 * head_dim);
        keepColumns(fewer.tensor("blk.1.attn_output.weight"), n_heads / 2 * head_dim);
        QCOMPARE_LT(nmse(logits(fewer), logits(ignored)), 1e-12);
    }

    void matricesMayHaveOneScaleBesideBareCodes()
    {
        const std::vector<float> expected = logits(ternary(true));
        const TinyModel unscaled = ternary(false);
        QVERIFY(nmse(logits(unscaled), expected) > 1e-3);
        std::string file = contents();
        for (const char* matrix : ternaryMatrices)
            storeBareCodes(file, unscaled.tensor(ternaryName(matrix, ".weight")));
        write(file);
        auto session = ModelSession::open(path(), backend_, KvType::f32);
        QVERIFY2(session, errorText(session));
        QCOMPARE(session->run(someTokens(40)).value(), expected);
    }

    /// The table of embeddings has no place for a scale.
    void bareCodesOutOfPlaceAreRefused()
    {
        TinyModel model = ternary(true);
        TinyTensor& table = model.tensor("token_embd.weight");
        table.format = Format::tq2_0;
        for (float& value : table.values)
            value = value > 0 ? 1 : -1;
        QVERIFY(!logits(model).empty());
        std::string file = contents();
        storeBareCodes(file, table);
        write(file);
        const auto session = ModelSession::open(path(), backend_, KvType::f32);
        QVERIFY(!session);
        QCOMPARE(int(session.error().kind), int(ErrorKind::unsupported));
        QVERIFY(session.error().message.contains("token_embd.weight"));
    }

    void vocabularyHasATokenForEachRow()
    {
        for (const int difference : {-5, 0, 1}) {
            TinyModel model = dense(Format::f32);
            std::vector<std::string> tokens;
            for (int i = 0; i < int(vocab) + difference; ++i)
                tokens.push_back("[PAD" + std::to_string(i) + "]");
            model.set("tokenizer.ggml.tokens", tokens);
            const auto session = open(model);
            QCOMPARE(session.has_value(), difference == 0);
            if (!session)
                QCOMPARE(int(session.error().kind), int(ErrorKind::shape_mismatch));
        }
    }
};

QTEST_APPLESS_MAIN(ShapesTest)
#include "shapes_test.moc"
