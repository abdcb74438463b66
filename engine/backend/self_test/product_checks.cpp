// Products and embeddings in every format.
#include "backend/self_test/checks.h"

#include <algorithm>

namespace rocmforge::self_test {
namespace {

constexpr int64_t n_in = 512; ///< two of the longest blocks
constexpr int64_t tile_n_in = 128; ///< two steps of a tile
constexpr int64_t n_out = 33; ///< not a whole number of workgroups
/// One for decoding, and a few for speculation.
constexpr int vector_columns[] = {1, 5};
/// For prompts: more than vectors, and more than a small tile has.
constexpr int tile_columns[] = {9, 65};

void check_product(Trial& trial, Format format, int64_t width, int n_columns)
{
    const Weight weight = trial.matrix(format, width, n_out, 1);
    const float* x = trial.whole(n_columns * width, 2);
    const float* bias = trial.random(n_out, 3);
    float* y = trial.zeros(n_columns * n_out);
    const Projection projection{y, &weight, bias};
    trial.run([&](Backend& backend) { backend.project({&projection, 1}, x, nullptr, n_columns); });
    trial.keep(y, n_columns * n_out);
}

/// Adapters multiply floats, also where other products of the format multiply codes.
void check_adapter(Trial& trial, Format format)
{
    constexpr int64_t width = 256, rank = 8;
    Weight weight = trial.matrix(Format::f16, width, n_out, 1);
    const Adapter adapter{trial.matrix(format, width, rank, 2), trial.matrix(Format::f16, rank, n_out, 3)};
    weight.adapter = &adapter;
    for (const int n_columns : {1, 5}) {
        const float* x = trial.whole(n_columns * width, 4);
        float* y = trial.zeros(n_columns * n_out);
        const Projection projection{y, &weight};
        trial.run([&](Backend& backend) { backend.project({&projection, 1}, x, nullptr, n_columns); });
        trial.keep(y, n_columns * n_out);
    }
}

void check_embedding(Trial& trial, Format format)
{
    const Weight table = trial.matrix(format, n_in, 4, 1);
    const std::vector<int32_t> tokens{3, 0, 2};
    const Batch batch{tokens, tokens, {}, {}};
    float* x = trial.zeros(3 * n_in);
    trial.run([&](Backend& backend) {
        backend.begin(batch);
        backend.embed(x, table, tokens, 0.5f);
    });
    trial.keep(x, 3 * n_in);
}

/// Added to what is there, as layers use products.
void check_residual(Trial& trial)
{
    const Weight weight = trial.matrix(Format::q8_0, n_in, n_out, 1);
    const float* y = trial.whole(2 * n_in, 2);
    float* x = trial.random(2 * n_out, 3, 100);
    trial.run([&](Backend& backend) { backend.project_residual(x, y, weight, nullptr, 0.5f, 2, nullptr); });
    trial.keep(x, 2 * n_out);
}

/// The residual stream and what reads the norm of it, which the product may prepare.
void check_next_norm(Trial& trial, Format format)
{
    constexpr int64_t n_embd = 256;
    const Weight residual = trial.matrix(format, n_in, n_embd, 1),
                 reader = trial.matrix(format, n_embd, n_out, 2);
    const float* bias = trial.random(n_embd, 3);
    const Norm norm{.weight = trial.random(n_embd, 4)};
    for (const int n_columns : {1, 5}) {
        const float* y = trial.whole(n_columns * n_in, 5);
        float* x = trial.random(n_columns * n_embd, 6, 10);
        float* out = trial.zeros(n_columns * n_out);
        const Projection projection{out, &reader};
        trial.run([&](Backend& backend) {
            backend.project_residual(x, y, residual, bias, 0.5f, n_columns, &norm);
            backend.project({&projection, 1}, x, &norm, n_columns);
        });
        trial.keep(x, n_columns * n_embd);
        trial.keep(out, n_columns * n_out);
    }
}

/// Weights of two formats beside each other, which may share a launch.
void check_pair(Trial& trial, Format first, Format second)
{
    const Weight weights[] = {trial.matrix(first, n_in, n_out, 1), trial.matrix(second, n_in, n_out, 2)};
    for (const int n_columns : {1, 5}) {
        const float* x = trial.whole(n_columns * n_in, 3);
        float* y = trial.zeros(2 * n_columns * n_out);
        const Projection projections[] = {{y, &weights[0]}, {y + n_columns * n_out, &weights[1]}};
        trial.run([&](Backend& backend) { backend.project(projections, x, nullptr, n_columns); });
        trial.keep(y, 2 * n_columns * n_out);
    }
}

/// A feed-forward network, whose second product may read what the first has rounded.
void check_gated(Trial& trial, Format gate_format, Format up_format)
{
    constexpr int64_t n_ff = 256;
    const Weight gate = trial.matrix(gate_format, n_in, n_ff, 1), up = trial.matrix(up_format, n_in, n_ff, 2),
                 down = trial.matrix(Format::q8_0, n_ff, n_out, 3);
    const Norm norm{.weight = trial.random(n_in, 4)};
    for (const int n_columns : {1, 5}) {
        const float* x = trial.random(n_columns * n_in, 5);
        float* h = trial.zeros(n_columns * n_ff);
        float* y = trial.zeros(n_columns * n_out);
        trial.run([&](Backend& backend) {
            backend.gated_ffn(h, x, gate, up, norm, Activation::silu, n_columns);
            backend.project_residual(y, h, down, nullptr, 1, n_columns, nullptr);
        });
        trial.keep(h, n_columns * n_ff);
        trial.keep(y, n_columns * n_out);
    }
}

void check_logits(Trial& trial)
{
    const Weight weight = trial.matrix(Format::f16, n_in, n_out, 1);
    const std::vector<int32_t> rows{1, 4};
    Batch batch;
    batch.output_rows = rows;
    const float* x = trial.random(5 * n_in, 2);
    const Norm norm{.weight = trial.random(n_in, 3)};
    float* out = trial.zeros(2 * n_out);
    trial.run([&](Backend& backend) {
        backend.begin(batch);
        backend.logits(out, x, batch, norm, weight, 0.5f);
    });
    trial.keep(out, 2 * n_out);
}

Check product(Format format, int64_t width, int n_columns)
{
    const std::string name(format_info(format).name), columns = std::to_string(n_columns);
    return {"product " + name + ", " + columns + (n_columns == 1 ? " column" : " columns"), product_tolerance,
            [=](Trial& trial) { check_product(trial, format, width, n_columns); }};
}

Check gated(Format gate, Format up)
{
    const std::string name(format_info(gate).name), other(format_info(up).name);
    return {"gated product " + name + (gate == up ? "" : " and " + other), rounding_tolerance,
            [=](Trial& trial) { check_gated(trial, gate, up); }};
}

Check next_norm(Format format)
{
    return {"residual product and norm " + std::string(format_info(format).name), rounding_tolerance,
            [=](Trial& trial) { check_next_norm(trial, format); }};
}

Check pair(Format first, Format second)
{
    const std::string name(format_info(first).name), other(format_info(second).name);
    return {"products " + name + " and " + other, product_tolerance,
            [=](Trial& trial) { check_pair(trial, first, second); }};
}

} // namespace

std::vector<Check> product_checks()
{
    std::vector<Check> checks;
    for (const FormatInfo& info : formats()) {
        const std::string name(info.name);
        const Format format = info.format;
        checks.push_back({"embedding " + name, float_tolerance,
                          [format](Trial& trial) { check_embedding(trial, format); }});
        for (const int n : vector_columns)
            checks.push_back(product(format, n_in, n));
        for (const int n : tile_columns)
            checks.push_back(product(format, std::max(tile_n_in, int64_t{info.block_weights}), n));
        checks.push_back(
            {"adapter " + name, product_tolerance, [format](Trial& trial) { check_adapter(trial, format); }});
    }
    checks.push_back({"product added to the residual", product_tolerance, check_residual});
    for (const Format first : {Format::q4_k, Format::q5_k})
        checks.push_back(pair(first, Format::q6_k));
    for (const Format format : code_formats) {
        checks.push_back(gated(format, format));
        checks.push_back(next_norm(format));
    }
    checks.push_back(gated(Format::q4_k, Format::q6_k));
    checks.push_back({"logits", product_tolerance, check_logits});
    return checks;
}

} // namespace rocmforge::self_test
