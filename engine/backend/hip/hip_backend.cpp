#include "backend/hip/hip_backend.h"

#include "backend/hip/device_choice.h"
#include "backend/hip/gpu_backend.h"
#include "backend/hip/rehearsal_runtime.h"
#include "backend/hip/steps.h"
#include "backend/hip/tested_device.h"
#include "kernels/planes.h"

#include <algorithm>
#include <bit>

namespace rocmforge {

namespace hip {

namespace {

/// Of the formats whose blocks become planes.
device::PlaneFields plane_fields(Format format)
{
    switch (format) {
    case Format::q4_0:
        return device::plane_fields<BlockQ4_0>;
    case Format::q8_0:
        return device::plane_fields<BlockQ8_0>;
    case Format::q6_k:
        return device::plane_fields<BlockQ6_K>;
    default:
        return {};
    }
}

} // namespace

Result<void*> HipBackend::upload(const void* data, int64_t bytes)
{
    TRY(void* memory, arena_.allocate(bytes));
    queue_.copy(memory, data, bytes);
    TRY_STATUS(queue_.synchronize());
    return memory;
}

Result<void*> HipBackend::upload_planes(const device::PlaneFields& fields, Format format,
                                        std::span<const std::byte> data)
{
    constexpr int64_t blocks_at_once = 1 << 17;
    const int64_t block_bytes = format_info(format).block_bytes;
    const int64_t n_blocks = static_cast<int64_t>(data.size()) / block_bytes;
    TRY(void* planes, arena_.allocate(static_cast<int64_t>(data.size())));
    TRY(const DeviceMemory staging,
        allocate_device(queue_.runtime(), std::min(n_blocks, blocks_at_once) * block_bytes));
    for (int64_t first = 0; first < n_blocks; first += blocks_at_once) {
        const int64_t n = std::min(n_blocks - first, blocks_at_once);
        queue_.copy(staging.get(), data.data() + first * block_bytes, n * block_bytes);
        const device::SplitParameters p{static_cast<uint16_t*>(planes),
                                        static_cast<const uint16_t*>(staging.get()),
                                        first,
                                        n,
                                        n_blocks,
                                        fields,
                                        static_cast<int32_t>(block_bytes)};
        queue_.launch("split_blocks", {elementwise_groups(n * block_bytes / 2)}, p);
    }
    TRY_STATUS(queue_.synchronize());
    return planes;
}

Result<Weight> HipBackend::upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                         std::span<const std::byte> data)
{
    if (static_cast<int64_t>(data.size()) != format_bytes(format, n_in * n_out))
        return fail(ErrorKind::invalid_value,
                    "A weight matrix has " + std::to_string(data.size()) + " bytes instead of "
                        + std::to_string(format_bytes(format, n_in * n_out)) + ".");
    const device::PlaneFields fields = plane_fields(format);
    TRY(void* memory,
        fields.n > 0 ? upload_planes(fields, format, data)
                     : upload(data.data(), static_cast<int64_t>(data.size())));
    return Weight{format, n_in, n_out, memory, 0};
}

Result<const float*> HipBackend::upload_vector(std::span<const float> values)
{
    TRY(void* memory, upload(values.data(), static_cast<int64_t>(values.size_bytes())));
    return static_cast<const float*>(memory);
}

Result<void*> HipBackend::allocate(int64_t bytes)
{
    TRY(void* memory, arena_.allocate(bytes));
    queue_.fill_zero(memory, bytes);
    return memory;
}

bool HipBackend::replay(const Batch& batch, const PassMemory& memory)
{
    batch_.begin(batch);
    is_recordable_ = !takes_memory_only_ && batch.tokens.size() == batch.sequences.size();
    if (is_recordable_) {
        Recordings::Shape shape = batch_.shape();
        for (const void* part : {memory.weights, memory.activations, memory.cache, memory.recurrent})
            shape.push_back(static_cast<int64_t>(std::bit_cast<intptr_t>(part)));
        if (recordings_.begin(queue_, shape)) {
            recordings_.replay(queue_);
            batch_.draws().fetch();
            return true;
        }
    }
    batch_.resolve_tokens();
    return false;
}

void HipBackend::finish()
{
    if (is_recordable_) {
        if (batch_.was_incomplete())
            recordings_.refuse();
        recordings_.finish(queue_);
    }
    batch_.draws().fetch();
}

int64_t HipBackend::memory_free() const
{
    size_t available = 0, total = 0;
    const Runtime& runtime = queue_.runtime();
    const bool told = runtime.api().hipMemGetInfo(&available, &total) == hipSuccess;
    return told ? static_cast<int64_t>(available) : 0;
}

Result<std::unique_ptr<Backend>> HipBackend::rehearsal() const
{
    std::unique_ptr<const Runtime> runtime = rehearsal_runtime();
    const CodeObject any_kernel{};
    TRY(Queue queue, Queue::create(*runtime, queue_.device(), {&any_kernel, 1}));
    return std::make_unique<HipBackend>(std::move(runtime), std::move(queue), options_);
}

void HipBackend::copy_page(const KvLayer& kv, int32_t to, int32_t from)
{
    auto* k = static_cast<std::byte*>(kv.k);
    auto* v = static_cast<std::byte*>(kv.v);
    queue_.copy(k + to * kv.k_page_bytes(), k + from * kv.k_page_bytes(), kv.k_page_bytes());
    queue_.copy(v + to * kv.v_page_bytes(), v + from * kv.v_page_bytes(), kv.v_page_bytes());
}

namespace {

Result<Queue> create_queue(const Runtime& runtime, const Device& device)
{
    TRY(const std::vector<CodeObject> objects, code_objects(device.target));
    return Queue::create(runtime, device, objects);
}

} // namespace

} // namespace hip

using namespace hip;

Result<std::unique_ptr<Backend>> create_hip_backend(const Runtime& runtime, const Device& device,
                                                    const HipOptions& options)
{
    TRY(Queue queue, create_queue(runtime, device));
    return std::make_unique<HipBackend>(nullptr, std::move(queue), options);
}

Result<std::unique_ptr<Backend>> create_gpu_backend(std::string_view wanted, const SelfTests& tests)
{
    TRY(std::unique_ptr<const Runtime> runtime, Runtime::open(library_candidates()));
    TRY(const Device device, choose_tested_device(*runtime, wanted, tests));
    TRY(Queue queue, create_queue(*runtime, device));
    return std::make_unique<HipBackend>(std::move(runtime), std::move(queue), HipOptions());
}

} // namespace rocmforge
