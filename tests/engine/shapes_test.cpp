// What files differ in besides their architecture: factors of rotation by context, heads by layer, the
// length of tables.
#include "backend/cpu/reference.h"
#include "model_session.h"
#include "tiny_decoders.h"

#include <QTemporaryDir>

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

} // namespace

class ShapesTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    CpuReference backend_;

    Result<ModelSession> open(const TinyModel& model, int nCtx = 0)
    {
        const std::filesystem::path path = dir_.filePath("model.gguf").toStdString();
        TRY_STATUS(model.write(path));
        return ModelSession::open(path, backend_, KvType::f32, 64, {}, nCtx);
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
