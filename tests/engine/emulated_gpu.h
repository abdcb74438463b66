// The HIP backend on the emulator, or on the library that ROCMFORGE_HIP_LIBRARY names, as tests use it.
#pragma once

#include "backend/hip/hip_backend.h"
#include "backend/hip/tested_device.h"

#include "kernels/code_formats.h"

#include <QtTest>

#include <dlfcn.h>

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rocmforge::test {

/// Formats whose products of a few tokens round the activations to 8 bits.
inline constexpr Format codeFormats[] = {
#define ROCMFORGE_CODE_FORMAT(format, block) Format::format,
    ROCMFORGE_CODE_FORMATS(ROCMFORGE_CODE_FORMAT)
#undef ROCMFORGE_CODE_FORMAT
};

/// Targets with waves of 32 and of 64 lanes.
inline constexpr const char* emulatedTargets[] = {"gfx1100", "gfx90a"};

/// An emulated device as it is after a restart, with the environment's settings.
class EmulatedGpu {
public:
    explicit EmulatedGpu(const QString& target)
    {
        qputenv("ROCMFORGE_EMULATOR_TARGETS", target.toUtf8());
        reset();
        const std::filesystem::path library =
            qEnvironmentVariable("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR).toStdString();
        auto opened = hip::Runtime::open({&library, 1});
        if (!opened)
            return;
        runtime_ = std::move(*opened);
        devices_ = runtime_->devices();
    }

    ~EmulatedGpu()
    {
        backend_.reset();
        reset();
    }

    EmulatedGpu(const EmulatedGpu&) = delete;
    EmulatedGpu& operator=(const EmulatedGpu&) = delete;

    /// Each piece of memory is an allocation of its own, so that an access beyond it is seen, unless
    /// larger chunks are asked for.
    [[nodiscard]] Status start(int64_t chunkBytes = 0)
    {
        if (devices_.empty())
            return fail(ErrorKind::device_error, "no emulated device");
        TRY(backend_, create_hip_backend(*runtime_, devices_[0], {.chunk_bytes = chunkBytes}));
        return {};
    }

    [[nodiscard]] Backend& backend() const { return *backend_; }
    [[nodiscard]] const hip::Runtime& runtime() const { return *runtime_; }
    [[nodiscard]] const std::vector<hip::Device>& devices() const { return devices_; }

    /// What loading is told where it need not test these devices first.
    [[nodiscard]] std::vector<SelfTest> passedSelfTests() const
    {
        std::vector<SelfTest> tests;
        for (const hip::Device& device : devices_) {
            SelfTest& test = tests.emplace_back();
            test.gpu = hip::identify(*runtime_, device);
            test.state = SelfTestState::passed;
        }
        return tests;
    }

    /// Every launch fails from now on.
    static void loseDevice() { emulator<void()>("hip_emulator_lose_device")(); }
    /// Whether the kernel was run on this device or another since the emulator's start.
    static bool hasRun(const std::string& kernel)
    {
        return emulator<int(const char*)>("hip_emulator_has_run")(kernel.c_str()) != 0;
    }
    /// Pieces of memory asked for since the emulator's start, the host's pinned ones included.
    static int nAllocations() { return emulator<int()>("hip_emulator_n_allocations")(); }
    /// Kernels run since the emulator's start.
    static int nLaunches() { return emulator<int()>("hip_emulator_n_launches")(); }

    /// Device memory with these values.
    template <typename T> [[nodiscard]] T* put(const std::vector<T>& values) const
    {
        const std::span<const std::byte> bytes = std::as_bytes(std::span(values));
        std::vector<float> padded((bytes.size() + 3) / 4);
        std::memcpy(padded.data(), bytes.data(), bytes.size());
        return reinterpret_cast<T*>(const_cast<float*>(backend_->upload_vector(padded).value()));
    }

    template <typename T> [[nodiscard]] std::vector<T> get(const T* from, size_t n) const
    {
        std::vector<T> values(n);
        backend_->download(values.data(), from, static_cast<int64_t>(n * sizeof(T)));
        const Status status = backend_->synchronize();
        if (!status)
            qWarning("%s", status.error().message.c_str());
        return status ? values : std::vector<T>();
    }

private:
    /// What the emulator offers to tests alone.
    template <typename Function> static Function* emulator(const char* name)
    {
        void* library = dlopen(HIP_EMULATOR, RTLD_NOW | RTLD_NODELETE);
        return reinterpret_cast<Function*>(dlsym(library, name));
    }

    static void reset() { emulator<void()>("hip_emulator_reset")(); }

    std::unique_ptr<hip::Runtime> runtime_;
    std::vector<hip::Device> devices_;
    std::unique_ptr<Backend> backend_;
};

} // namespace rocmforge::test
