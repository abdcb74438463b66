// A loaded model that answers requests: the only way the app runs inference.
// Threads: one thread owns an Engine and calls step(); submit(), cancel(), wake() and the const
// functions may be called from any thread. Callbacks run on the owning thread, inside step().
// Requests that an Engine still holds when it is destroyed end without a further event.
#pragma once

#include <rocmforge/chat.h>
#include <rocmforge/embedding.h>
#include <rocmforge/error.h>
#include <rocmforge/load_plan.h>
#include <rocmforge/model_info.h>
#include <rocmforge/sampling.h>
#include <rocmforge/self_test.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

/// A LoRA adapter in a GGUF file, added to the model at run time.
struct AdapterOptions {
    std::filesystem::path path;
    float scale = 1; ///< how much of it; 0 = checked, but without effect
};

enum class ComputeDevice {
    cpu,
    gpu, ///< see LoadOptions::gpu
    automatic, ///< the GPU where gpu_info() says that it is ready and it can be used, otherwise the CPU
};

/// Where the matrices of a mixture's experts lie, which are most of such a model but little of what a
/// token reads.
enum class ExpertDevice {
    of_layer, ///< with the rest of their layer
    cpu,
};

struct LoadOptions {
    static constexpr int all_layers = std::numeric_limits<int>::max();

    ComputeDevice device = ComputeDevice::cpu;
    /// Which GPU, with ComputeDevice::gpu: HIP's index, PCI address, or a part of its name; empty = the
    /// best that this build has kernels for, discrete before integrated.
    std::string gpu = {};
    /// Of a GPU: the last so many layers, and the output; the CPU computes those before. Unset = as many
    /// as fit.
    std::optional<int> n_gpu_layers = std::nullopt;
    ExpertDevice experts = ExpertDevice::of_layer;
    int n_threads = 0; ///< 0 = one per physical core available to this process
    int n_ctx = 0; ///< tokens of context per request; 0 = the model's own, at most 8192
    int kv_tokens = 0; ///< tokens the KV cache holds over all chats; 0 = n_ctx rounded up, at least 2 · n_ctx
                       ///< where memory allows
    int prefill_chunk = 512; ///< most tokens of one step
    /// Steps with prompts take fewer tokens where more would last longer than this, so that other
    /// answers go on and cancel() works; 0 = no limit, for the highest throughput.
    double step_seconds = 1.0;
    KvType kv_type = KvType::f16; ///< models that read a text in one step take f32
    std::string architecture = {}; ///< in place of the one the file names; empty = that one
    std::vector<AdapterOptions> adapters = {}; ///< the model changes by the sum of them
    /// Those of GPUs that on_self_test told of in earlier loads. A GPU that is not among them is tested
    /// before it is used; one that failed is not used.
    std::vector<SelfTest> self_tests = {};
    /// Called on the loading thread before each kernel is tested, which may end the program, and at the
    /// end. What it was told of last is to be kept, but for one left untested.
    std::function<void(const SelfTest&)> on_self_test = {};
    std::string simd = {}; ///< "scalar", "avx2", "avx512"; empty = the best this CPU has
    /// Called on the loading thread with 0 … 1; returning false cancels the load.
    std::function<bool(double)> progress = {};
};

enum class FinishReason { stop_token, stop_string, length, context_full, cancelled, error };

/// Timings are seconds; rates are tokens per second.
struct RequestStatistics {
    int prompt_tokens = 0;
    int reused_tokens = 0; ///< of the prompt, found in the KV cache
    int generated_tokens = 0;
    double time_to_first_token = 0;
    double prefill_seconds = 0; ///< of the tokens that were not reused, up to the first token
    double decode_seconds = 0; ///< from the first token to the last
    uint64_t seed = 0; ///< the one used, so that an answer can be repeated

    [[nodiscard]] double prefill_rate() const;
    [[nodiscard]] double decode_rate() const;
};

using RequestId = uint64_t;

struct RequestEvent {
    enum class Kind {
        prefill, ///< `prompt_done` of `statistics.prompt_tokens` are in the cache
        token, ///< one more token; `text` may be empty while a character is incomplete
        finished, ///< the last event of a request; `text` holds what was held back
    };
    RequestId id = 0;
    Kind kind = Kind::token;
    int prompt_done = 0;
    int32_t token = -1; ///< of a token event; with finished, the stop token that was met, or -1
    float probability = 0; ///< of a token event's token, see TokenCandidate; with n_candidates only
    std::vector<TokenCandidate> candidates; ///< for a token event's token, best first
    std::string text; ///< complete UTF-8; concatenated over the events it is the answer
    FinishReason reason = FinishReason::stop_token; ///< with finished
    std::optional<Error> error; ///< with FinishReason::error
    RequestStatistics statistics; ///< so far; final with finished
};

struct Request {
    std::vector<int32_t> prompt = {};
    SamplingParameters sampling = {};
    int max_tokens = 0; ///< 0 = until the model stops or the context is full
    std::vector<std::string> stop = {}; ///< the answer ends before the first of these
    bool ignore_stop_tokens = false; ///< for benchmarks
    int n_candidates = 0; ///< that token events tell, the best ones; at most max_token_candidates
    std::function<void(const RequestEvent&)> on_event = {};
};

class Engine {
public:
    virtual ~Engine() = default;

    /// What load() would take of which device, or its error. Reads next to nothing but the header.
    [[nodiscard]] static Result<LoadPlan> plan(const std::filesystem::path& path,
                                               const LoadOptions& options = {});
    /// Loads a GGUF file (the first of a split one). Blocks; see LoadOptions::progress. out_of_memory,
    /// with what is missing and what would fit, before anything is read.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> load(const std::filesystem::path& path,
                                                              const LoadOptions& options = {});

    [[nodiscard]] virtual const ModelInfo& info() const = 0;
    [[nodiscard]] virtual int n_ctx() const = 0;
    /// "CPU AVX-512 VNNI, 2 threads".
    [[nodiscard]] virtual std::string backend_name() const = 0;
    /// What it took of which device.
    [[nodiscard]] virtual const LoadPlan& load_plan() const = 0;

    /// Text to ids. Special tokens in the text are recognized only with parse_special.
    [[nodiscard]] virtual std::vector<int32_t> tokenize(std::string_view text, bool add_special,
                                                        bool parse_special) const = 0;
    [[nodiscard]] virtual std::string detokenize(std::span<const int32_t> tokens,
                                                 bool show_special) const = 0;
    /// The conversation through the model's chat template; the prompt for the next answer.
    [[nodiscard]] virtual Result<RenderedPrompt> render(std::span<const ChatMessage> messages,
                                                        const RenderOptions& options = {}) const = 0;

    [[nodiscard]] virtual RequestId submit(Request request) = 0;
    /// The request ends with FinishReason::cancelled within one step.
    virtual void cancel(RequestId id) = 0;
    /// One scheduler step. False when there was nothing to do.
    virtual bool step() = 0;
    /// Blocks until there is work, wake() is called or the time has passed. Owning thread.
    virtual void wait(std::chrono::milliseconds timeout) = 0;
    virtual void wake() = 0;

    /// Logits after every token: (tokens.size(), vocab_size), computed in chunks of `chunk` tokens
    /// from an empty context. Owning thread, with no request in flight.
    [[nodiscard]] virtual Result<std::vector<float>> logits(std::span<const int32_t> tokens, int chunk) = 0;
    /// The vector (n_embd) of a text, made from an empty context; with Pooling::none one per token.
    /// context_full where the text is longer than n_ctx(). Owning thread, with no request in flight.
    [[nodiscard]] virtual Result<std::vector<float>> embed(std::span<const int32_t> tokens,
                                                           const EmbeddingOptions& options = {}) = 0;
};

} // namespace rocmforge
