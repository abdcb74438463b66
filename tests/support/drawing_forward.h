// The model that is only arithmetic, on a device that draws tokens itself.
#pragma once

#include "sampling/sampler.h"
#include "support/fake_model.h"

#include <deque>
#include <vector>

namespace rocmforge::test {

class DrawingForward final : public ForwardPass {
public:
    explicit DrawingForward(FakeForward& forward)
        : forward_(forward)
    {
    }

    Result<std::span<const float>> run(const Batch& batch) override { return forward_.run(batch); }
    bool draws() const override { return true; }
    Status enqueue(const Batch& batch) override
    {
        if (under_way_.size() == 2 || batch.draws.size() != batch.output_rows.size())
            violations.emplace_back("a third step under way, or outputs without draws");
        std::vector<int32_t> tokens(batch.tokens.begin(), batch.tokens.end());
        for (int32_t& token : tokens)
            if (token < 0)
                token = drawn_before_.at(static_cast<size_t>(-1 - token)).token;
        Batch known = batch;
        known.tokens = tokens;
        const auto logits = forward_.run(known);
        under_way_.push_back(logits ? draw(*logits, known) : Result<Tokens>(std::unexpected(logits.error())));
        drawn_before_ = logits ? *under_way_.back() : Tokens(batch.draws.size());
        return {};
    }
    Result<std::span<const DrawnToken>> drawn() override
    {
        if (under_way_.empty())
            return fail(ErrorKind::device_error, "nothing is under way");
        taken_ = under_way_.front();
        under_way_.pop_front();
        if (!taken_)
            return std::unexpected(taken_.error());
        return *taken_;
    }
    void copy_page(int32_t to, int32_t from) override { forward_.copy_page(to, from); }
    void copy_state(int32_t to, int32_t from) override { forward_.copy_state(to, from); }
    int vocab_size() const override { return forward_.vocab_size(); }

    [[nodiscard]] size_t n_under_way() const { return under_way_.size(); }

    std::vector<std::string> violations; ///< of what steps promise

private:
    using Tokens = std::vector<DrawnToken>;

    Tokens draw(std::span<const float> logits, const Batch& batch)
    {
        const auto vocab_size = static_cast<size_t>(forward_.vocab_size());
        Tokens drawn;
        for (size_t i = 0; i < batch.draws.size(); ++i) {
            const Draw& draw = batch.draws[i];
            std::vector<int32_t> tokens(draw.n_tokens - draw.window.size() - 1);
            tokens.insert(tokens.end(), draw.window.begin(), draw.window.end());
            tokens.push_back(batch.tokens[static_cast<size_t>(batch.output_rows[i])]);
            drawn.push_back(sampler_
                                .sample_with_candidates(logits.subspan(i * vocab_size, vocab_size), tokens,
                                                        *draw.sampling, draw.seed, draw.n_candidates)
                                .value_or(DrawnToken{}));
        }
        return drawn;
    }

    FakeForward& forward_;
    Sampler sampler_;
    std::deque<Result<Tokens>> under_way_;
    Tokens drawn_before_;
    Result<Tokens> taken_;
};

} // namespace rocmforge::test
