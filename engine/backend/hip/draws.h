// Tokens drawn on the device: how each is to be drawn goes there with the batch, and the tokens come back
// through pinned memory while the next pass may be running already.
#pragma once

#include "backend/batch.h"
#include "backend/hip/recordings.h"
#include "backend/hip/scratch.h"
#include "backend/hip/transfers.h"

#include <cstdint>
#include <span>
#include <vector>

namespace rocmforge::hip {

class Draws {
public:
    explicit Draws(Queue& queue)
        : queue_(queue)
    {
    }

    /// Puts the batch's draws among what is sent.
    void begin(const Batch& batch, Transfers& transfers);
    /// What the launches of this batch's draws depend on.
    [[nodiscard]] Recordings::Shape shape() const;
    /// Replaces those tokens, in device memory, that are drawn_token(), if there are any.
    void resolve(int32_t* tokens, const Batch& batch);
    /// Draws from logits (n_outputs, vocab_size), and ranks candidates where any are asked for; `tokens` are
    /// the batch's, in device memory.
    void launch(float* logits, const int32_t* tokens, int vocab_size);
    /// Sends the tokens on their way to the host.
    void fetch();
    /// As Backend::drawn().
    [[nodiscard]] Result<std::span<const DrawnToken>> take();

private:
    /// The tokens of one pass, and the candidates for them.
    struct Slot {
        PinnedMemory tokens;
        PinnedMemory rankings;
        bool has_rankings = false;
        Event arrived;
        int capacity = 0;
        int n = 0; ///< 0 = taken
        bool is_sent = false; ///< no error was before
        std::vector<DrawnToken> drawn; ///< what was taken
    };
    [[nodiscard]] Status prepare(Slot& slot) const;
    static void read(Slot& slot, int n);
    void rank(const device::DrawParameters& draw);

    Queue& queue_;
    Scratch candidates_;
    Scratch drawn_;
    Scratch least_;
    Scratch sums_;
    Scratch rankings_;
    const device::DrawRow* rows_ = nullptr;
    const int32_t* windows_ = nullptr;
    int n_rows_ = 0; ///< of this batch
    bool resolves_ = false;
    bool ranks_ = false; ///< someone asks for candidates
    Slot slots_[2];
    int next_ = 0; ///< slot to be filled
};

} // namespace rocmforge::hip
