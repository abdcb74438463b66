#include "backend/hip/queue.h"

#include <utility>

namespace rocmforge::hip {

Result<Queue> Queue::create(const Runtime& runtime, const Device& device, std::span<const CodeObject> objects)
{
    Queue queue;
    queue.runtime_ = &runtime;
    queue.device_ = device;
    TRY_STATUS(runtime.check(runtime.api().hipSetDevice(device.index), "choosing the device"));
    TRY(queue.stream_, create_stream(runtime));
    for (const CodeObject& object : objects) {
        TRY(Module module, load_module(runtime, object.image.data()));
        queue.modules_.push_back(std::move(module));
    }
    return queue;
}

Result<hipFunction_t> Queue::find(const std::string& kernel)
{
    if (const auto found = functions_.find(kernel); found != functions_.end())
        return found->second;
    for (const Module& module : modules_) {
        hipFunction_t function = nullptr;
        if (runtime_->api().hipModuleGetFunction(&function, module.get(), kernel.c_str()) == hipSuccess)
            return functions_[kernel] = function;
    }
    return fail(ErrorKind::unsupported, "There is no GPU kernel '" + kernel + "'.",
                "Run this model on the CPU.");
}

void Queue::launch_raw(const std::string& kernel, Grid grid, void* parameters, int n_threads)
{
    if (!error_ || grid.x == 0 || grid.y == 0 || grid.z == 0)
        return;
    const Result<hipFunction_t> function = find(kernel);
    if (!function) {
        error_ = std::unexpected(function.error());
        return;
    }
    ++n_enqueued_;
    if (held_)
        return;
    void* arguments[] = {parameters};
    const hipError_t error = runtime_->api().hipModuleLaunchKernel(
        *function, static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y),
        static_cast<unsigned>(grid.z), static_cast<unsigned>(n_threads), 1, 1, 0, stream_.get(), arguments,
        nullptr);
    if (error != hipSuccess)
        error_ = runtime_->check(error, "running the kernel " + kernel);
}

void Queue::copy(void* to, const void* from, int64_t bytes)
{
    if (!error_ || bytes == 0)
        return;
    ++n_enqueued_;
    error_ = runtime_->check(
        runtime_->api().hipMemcpyAsync(to, from, static_cast<size_t>(bytes), hipMemcpyDefault, stream_.get()),
        "copying memory");
}

void Queue::fill_zero(void* memory, int64_t bytes)
{
    if (!error_ || bytes == 0)
        return;
    ++n_enqueued_;
    error_ =
        runtime_->check(runtime_->api().hipMemsetAsync(memory, 0, static_cast<size_t>(bytes), stream_.get()),
                        "clearing memory");
}

void Queue::keep(hipError_t error, std::string_view what)
{
    if (error_)
        error_ = runtime_->check(error, what);
}

void Queue::begin_recording()
{
    if (error_)
        keep(runtime_->api().hipStreamBeginCapture(stream_.get(), hipStreamCaptureModeThreadLocal),
             "beginning to record a step");
}

ExecutableGraph Queue::end_recording()
{
    hipGraph_t recorded = nullptr;
    keep(runtime_->api().hipStreamEndCapture(stream_.get(), &recorded), "recording a step");
    if (!error_ || !recorded)
        return {};
    const Graph graph(*runtime_, recorded);
    hipGraphExec_t executable = nullptr;
    keep(runtime_->api().hipGraphInstantiate(&executable, recorded, nullptr, nullptr, 0),
         "preparing a recorded step");
    return ExecutableGraph(*runtime_, executable);
}

void Queue::replay(const ExecutableGraph& graph)
{
    ++n_enqueued_;
    if (error_ && graph.get())
        keep(runtime_->api().hipGraphLaunch(graph.get(), stream_.get()), "running a recorded step");
}

void Queue::mark(const Event& event)
{
    if (error_)
        keep(runtime_->api().hipEventRecord(event.get(), stream_.get()), "marking its work");
}

void Queue::wait(const Event& event)
{
    keep(runtime_->api().hipEventSynchronize(event.get()), "waiting for its work");
}

bool Queue::succeeded(Status status)
{
    if (!status && error_)
        error_ = std::move(status);
    return error_.has_value();
}

Status Queue::synchronize()
{
    const hipError_t error = runtime_->api().hipStreamSynchronize(stream_.get());
    Status first = std::exchange(error_, {});
    return first ? runtime_->check(error, "waiting for its work") : first;
}

} // namespace rocmforge::hip
