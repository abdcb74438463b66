// A model that is only arithmetic: pages hold the tokens themselves, and the logits are a hash of all
// tokens read back through the page table. Whoever mixes up pages or positions gets other tokens. With
// slots, each also holds all tokens of its sequence, as a recurrent state would.
#pragma once

#include "backend/batch.h"
#include "scheduler/forward_pass.h"
#include "tokenizer/tokenizer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace rocmforge::test {

/// Token 0 ends an answer; the others are the letters a … z, over and over.
class FakeTokenizer final : public Tokenizer {
public:
    explicit FakeTokenizer(int vocab_size = 53)
        : vocab_size_(vocab_size)
    {
    }
    std::vector<int32_t> encode(std::string_view text, AddSpecial, SpecialText) const override
    {
        std::vector<int32_t> tokens;
        for (const char c : text)
            tokens.push_back(c - 'a' + 1);
        return tokens;
    }
    std::string piece(int32_t token, bool show_special) const override
    {
        if (token == 0)
            return show_special ? "<end>" : "";
        return std::string(1, static_cast<char>('a' + (token - 1) % 26));
    }
    std::string decode(std::span<const int32_t> tokens, bool show_special) const override
    {
        std::string text;
        for (const int32_t token : tokens)
            text += piece(token, show_special);
        return text;
    }
    int vocab_size() const override { return vocab_size_; }
    std::string description() const override { return "letters"; }
    int32_t bos() const override { return -1; }
    int32_t eos() const override { return 0; }
    bool adds_bos() const override { return false; }
    bool is_control(int32_t token) const override { return token == 0; }
    bool is_end(int32_t token) const override { return token == 0; }
    std::span<const std::string> warnings() const override { return {}; }

private:
    int vocab_size_;
};

/// Fills `logits` for the token after `tokens`.
using NextToken = std::function<void(std::span<const int32_t> tokens, std::span<float> logits)>;

inline void hashedLogits(std::span<const int32_t> tokens, std::span<float> logits)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const int32_t token : tokens)
        hash = (hash ^ static_cast<uint32_t>(token)) * 0x100000001b3;
    for (float& logit : logits) {
        hash = hash * 6364136223846793005 + 1442695040888963407;
        logit = static_cast<float>(hash >> 40) * (8.0f / (1 << 24));
    }
}

/// Answers every prompt of n_prompt tokens with these tokens, then with the end token.
inline NextToken scripted(int n_prompt, std::vector<int32_t> answer)
{
    return [n_prompt, answer = std::move(answer)](std::span<const int32_t> tokens, std::span<float> logits) {
        const size_t n = tokens.size() - static_cast<size_t>(n_prompt);
        std::ranges::fill(logits, 0.0f);
        logits[n < answer.size() ? static_cast<size_t>(answer[n]) : 0] = 10.0f;
    };
}

class FakeForward final : public ForwardPass {
public:
    FakeForward(int n_pages, int vocab_size, NextToken next = hashedLogits, int n_slots = 0)
        : next_(std::move(next))
        , vocab_size_(vocab_size)
        , pages_(static_cast<size_t>(n_pages))
        , states_(static_cast<size_t>(n_slots))
    {
        for (auto& page : pages_)
            page.fill(-1);
    }

    Result<std::span<const float>> run(const Batch& batch) override
    {
        if (error) {
            for (const BatchSequence& sequence : batch.sequences)
                pages_[static_cast<size_t>(sequence.pages.back())].fill(-1);
            return std::unexpected(*std::exchange(error, std::nullopt));
        }
        last_rows.clear();
        write(batch);
        if (!states_.empty())
            advance_states(batch);
        logits_.assign(static_cast<size_t>(batch.n_outputs() * vocab_size_), 0);
        std::span<float> rest = logits_;
        for (const int32_t row : batch.output_rows) {
            next_(read(batch, row), rest.first(static_cast<size_t>(vocab_size_)));
            rest = rest.subspan(static_cast<size_t>(vocab_size_));
        }
        return logits_;
    }
    void copy_page(int32_t to, int32_t from) override
    {
        pages_[static_cast<size_t>(to)] = pages_[static_cast<size_t>(from)];
    }
    void copy_state(int32_t to, int32_t from) override
    {
        states_.at(static_cast<size_t>(to)) = states_.at(static_cast<size_t>(from));
    }
    int vocab_size() const override { return vocab_size_; }

    std::optional<Error> error; ///< of the next run
    std::vector<int> last_rows; ///< of each sequence in the last run
    int n_computed = 0; ///< rows over all runs
    std::vector<std::string> violations; ///< of what a batch promises

private:
    int32_t& at(const BatchSequence& sequence, int position)
    {
        return pages_.at(static_cast<size_t>(sequence.pages[static_cast<size_t>(position / page_tokens)]))
            .at(static_cast<size_t>(position % page_tokens));
    }
    void expect(bool condition, const char* violation)
    {
        if (!condition)
            violations.emplace_back(violation);
    }
    void write(const Batch& batch)
    {
        std::set<int32_t> written;
        int row = 0;
        for (const BatchSequence& sequence : batch.sequences) {
            expect(sequence.first_row == row && sequence.n_tokens > 0, "sequences follow each other");
            const int n_after = sequence.n_past + sequence.n_tokens;
            expect(std::ssize(sequence.pages) * page_tokens >= n_after, "pages cover all positions");
            for (int i = sequence.n_past; i < n_after; ++i, ++row) {
                expect(batch.positions[static_cast<size_t>(row)] == i, "positions are consecutive");
                at(sequence, i) = batch.tokens[static_cast<size_t>(row)];
            }
            for (int p = sequence.n_past / page_tokens; p <= (n_after - 1) / page_tokens; ++p)
                expect(written.insert(sequence.pages[static_cast<size_t>(p)]).second, "one writer per page");
            last_rows.push_back(sequence.n_tokens);
        }
        expect(row == batch.n_tokens(), "sequences cover all rows");
        n_computed += row;
    }
    void advance_states(const Batch& batch)
    {
        std::set<int32_t> advanced;
        for (const BatchSequence& sequence : batch.sequences) {
            expect(advanced.insert(sequence.slot).second, "one sequence per slot");
            std::vector<int32_t>& state = states_.at(static_cast<size_t>(sequence.slot));
            if (sequence.n_past == 0)
                state.clear();
            const auto rows = batch.tokens.subspan(static_cast<size_t>(sequence.first_row),
                                                   static_cast<size_t>(sequence.n_tokens));
            state.insert(state.end(), rows.begin(), rows.end());
            const int32_t last_row = sequence.first_row + sequence.n_tokens - 1;
            expect(state == read(batch, last_row), "a state is of the sequence's tokens");
        }
    }
    std::vector<int32_t> read(const Batch& batch, int32_t row)
    {
        const auto after = std::ranges::upper_bound(batch.sequences, row, {}, &BatchSequence::first_row);
        const BatchSequence& sequence = *std::prev(after);
        std::vector<int32_t> tokens;
        for (int i = 0; i <= batch.positions[static_cast<size_t>(row)]; ++i)
            tokens.push_back(at(sequence, i));
        return tokens;
    }

    NextToken next_;
    int vocab_size_;
    std::vector<std::array<int32_t, page_tokens>> pages_;
    std::vector<std::vector<int32_t>> states_; ///< the tokens each slot has taken in
    std::vector<float> logits_;
};

} // namespace rocmforge::test
