// The HIP entry points that the engine uses, over the CUDA driver. The first NVIDIA device calls itself
// gfx1100, as its waves have 32 lanes too; its kernels are the cubins that lie beside this library.
#include <cuda.h>

#define __HIP_DISABLE_CPP_FUNCTIONS__ // NOLINT(bugprone-reserved-identifier): HIP's own switch
#include <hip/hip_runtime_api.h>

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

CUresult last_result = CUDA_SUCCESS;

hipError_t to_hip(CUresult result)
{
    if (result != CUDA_SUCCESS)
        last_result = result;
    switch (result) {
    case CUDA_SUCCESS:
        return hipSuccess;
    case CUDA_ERROR_OUT_OF_MEMORY:
        return hipErrorOutOfMemory;
    case CUDA_ERROR_NOT_FOUND:
        return hipErrorNotFound;
    default:
        return hipErrorUnknown;
    }
}

CUdeviceptr address(const void* memory)
{
    return reinterpret_cast<CUdeviceptr>(memory);
}

CUstream stream_of(hipStream_t stream)
{
    return reinterpret_cast<CUstream>(stream);
}

/// The device's context, made when it is first asked for.
CUresult make_current(int index)
{
    static CUcontext context = nullptr;
    if (!context) {
        CUdevice device = 0;
        if (const CUresult result = cuDeviceGet(&device, index); result != CUDA_SUCCESS)
            return result;
        if (const CUresult result = cuDevicePrimaryCtxRetain(&context, device); result != CUDA_SUCCESS)
            return result;
    }
    return cuCtxSetCurrent(context);
}

/// The modules of all cubins beside this library, loaded once.
const std::vector<CUmodule>& modules()
{
    static std::vector<CUmodule> loaded;
    Dl_info self;
    if (!loaded.empty() || !dladdr(reinterpret_cast<void*>(&modules), &self))
        return loaded;
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(self.dli_fname).parent_path())) {
        CUmodule module = nullptr;
        if (file.path().extension() == ".cubin" && cuModuleLoad(&module, file.path().c_str()) == CUDA_SUCCESS)
            loaded.push_back(module);
    }
    return loaded;
}

/// ROCMFORGE_NVIDIA_PROFILE: how often each kernel was launched and how long it ran, told at exit. Waits
/// for each, so the whole takes longer; recorded steps are not looked into.
class Profile {
public:
    ~Profile()
    {
        for (const auto& [name, entry] : entries_)
            std::fprintf(stderr, "%10.3f ms %8d × %s\n", entry.milliseconds, entry.n, name.c_str());
    }

    void name(CUfunction function, const char* name) { names_[function] = name; }

    template <typename Launch> CUresult measure(CUfunction function, CUstream stream, Launch launch)
    {
        CUevent begin = nullptr, end = nullptr;
        cuEventCreate(&begin, CU_EVENT_DEFAULT);
        cuEventCreate(&end, CU_EVENT_DEFAULT);
        cuEventRecord(begin, stream);
        const CUresult result = launch();
        cuEventRecord(end, stream);
        cuEventSynchronize(end);
        float milliseconds = 0;
        cuEventElapsedTime(&milliseconds, begin, end);
        cuEventDestroy(begin);
        cuEventDestroy(end);
        Entry& entry = entries_[names_[function]];
        ++entry.n;
        entry.milliseconds += static_cast<double>(milliseconds);
        return result;
    }

private:
    struct Entry {
        int n = 0;
        double milliseconds = 0;
    };
    std::map<CUfunction, std::string> names_;
    std::map<std::string, Entry> entries_;
};

/// Null where none is wanted.
Profile* profile()
{
    static Profile instance;
    static const bool is_wanted = std::getenv("ROCMFORGE_NVIDIA_PROFILE") != nullptr;
    return is_wanted ? &instance : nullptr;
}

} // namespace

extern "C" {

hipError_t hipRuntimeGetVersion(int* version)
{
    *version = 6 * 10'000'000 + 2 * 100'000;
    return hipSuccess;
}

const char* hipGetErrorString(hipError_t)
{
    const char* text = nullptr;
    cuGetErrorString(last_result, &text);
    return text;
}

hipError_t hipGetDeviceCount(int* count)
{
    if (const CUresult result = cuInit(0); result != CUDA_SUCCESS)
        return to_hip(result);
    return to_hip(cuDeviceGetCount(count));
}

hipError_t hipSetDevice(int device)
{
    return to_hip(make_current(device));
}

/// The layout that libraries since ROCm 6 use; only what the engine reads of it is filled.
hipError_t hipGetDevicePropertiesR0600(void* properties, int device)
{
    constexpr int name_bytes = 256;
    constexpr size_t target_offset = 1160;
    auto* bytes = static_cast<char*>(properties);
    std::snprintf(bytes + target_offset, name_bytes, "gfx1100");
    return to_hip(cuDeviceGetName(bytes, name_bytes, device));
}

hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device)
{
    switch (attribute) {
    case hipDeviceAttributeWarpSize:
        return to_hip(cuDeviceGetAttribute(value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, device));
    case hipDeviceAttributeMultiprocessorCount:
        return to_hip(cuDeviceGetAttribute(value, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipDeviceTotalMem(size_t* bytes, hipDevice_t device)
{
    return to_hip(cuDeviceTotalMem(bytes, device));
}

hipError_t hipMemGetInfo(size_t* available, size_t* total)
{
    return to_hip(cuMemGetInfo(available, total));
}

hipError_t hipMalloc(void** memory, size_t bytes)
{
    CUdeviceptr pointer = 0;
    const CUresult result = cuMemAlloc(&pointer, bytes);
    *memory = reinterpret_cast<void*>(pointer);
    return to_hip(result);
}

hipError_t hipFree(void* memory)
{
    return to_hip(cuMemFree(address(memory)));
}

hipError_t hipHostMalloc(void** memory, size_t bytes, unsigned)
{
    return to_hip(cuMemAllocHost(memory, bytes));
}

hipError_t hipHostFree(void* memory)
{
    return to_hip(cuMemFreeHost(memory));
}

hipError_t hipMemcpyAsync(void* to, const void* from, size_t bytes, hipMemcpyKind, hipStream_t stream)
{
    return to_hip(cuMemcpyAsync(address(to), address(from), bytes, stream_of(stream)));
}

hipError_t hipMemsetAsync(void* memory, int value, size_t bytes, hipStream_t stream)
{
    return to_hip(
        cuMemsetD8Async(address(memory), static_cast<unsigned char>(value), bytes, stream_of(stream)));
}

hipError_t hipStreamCreateWithFlags(hipStream_t* stream, unsigned)
{
    return to_hip(cuStreamCreate(reinterpret_cast<CUstream*>(stream), CU_STREAM_NON_BLOCKING));
}

hipError_t hipStreamDestroy(hipStream_t stream)
{
    return to_hip(cuStreamDestroy(stream_of(stream)));
}

hipError_t hipStreamSynchronize(hipStream_t stream)
{
    return to_hip(cuStreamSynchronize(stream_of(stream)));
}

hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode)
{
    return to_hip(cuStreamBeginCapture(stream_of(stream), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
}

hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t* graph)
{
    return to_hip(cuStreamEndCapture(stream_of(stream), reinterpret_cast<CUgraph*>(graph)));
}

hipError_t hipGraphInstantiate(hipGraphExec_t* executable, hipGraph_t graph, hipGraphNode_t*, char*, size_t)
{
    return to_hip(
        cuGraphInstantiate(reinterpret_cast<CUgraphExec*>(executable), reinterpret_cast<CUgraph>(graph), 0));
}

hipError_t hipGraphLaunch(hipGraphExec_t executable, hipStream_t stream)
{
    return to_hip(cuGraphLaunch(reinterpret_cast<CUgraphExec>(executable), stream_of(stream)));
}

hipError_t hipGraphExecDestroy(hipGraphExec_t executable)
{
    return to_hip(cuGraphExecDestroy(reinterpret_cast<CUgraphExec>(executable)));
}

hipError_t hipGraphDestroy(hipGraph_t graph)
{
    return to_hip(cuGraphDestroy(reinterpret_cast<CUgraph>(graph)));
}

hipError_t hipEventCreateWithFlags(hipEvent_t* event, unsigned)
{
    return to_hip(cuEventCreate(reinterpret_cast<CUevent*>(event), CU_EVENT_DISABLE_TIMING));
}

hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream)
{
    return to_hip(cuEventRecord(reinterpret_cast<CUevent>(event), stream_of(stream)));
}

hipError_t hipEventSynchronize(hipEvent_t event)
{
    return to_hip(cuEventSynchronize(reinterpret_cast<CUevent>(event)));
}

hipError_t hipEventDestroy(hipEvent_t event)
{
    return to_hip(cuEventDestroy(reinterpret_cast<CUevent>(event)));
}

/// Takes any code object: the kernels are those of the same sources compiled for NVIDIA.
hipError_t hipModuleLoadData(hipModule_t* module, const void*)
{
    if (modules().empty())
        return hipErrorNotFound;
    *module = reinterpret_cast<hipModule_t>(modules().front());
    return hipSuccess;
}

hipError_t hipModuleUnload(hipModule_t)
{
    return hipSuccess;
}

hipError_t hipModuleGetFunction(hipFunction_t* function, hipModule_t, const char* name)
{
    for (CUmodule module : modules())
        if (cuModuleGetFunction(reinterpret_cast<CUfunction*>(function), module, name) == CUDA_SUCCESS) {
            if (profile())
                profile()->name(reinterpret_cast<CUfunction>(*function), name);
            return hipSuccess;
        }
    return hipErrorNotFound;
}

hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned local_bytes,
                                 hipStream_t stream, void** parameters, void** extra)
{
    const auto launch = [&] {
        return cuLaunchKernel(reinterpret_cast<CUfunction>(function), grid_x, grid_y, grid_z, block_x,
                              block_y, block_z, local_bytes, stream_of(stream), parameters, extra);
    };
    if (profile())
        return to_hip(profile()->measure(reinterpret_cast<CUfunction>(function), stream_of(stream), launch));
    return to_hip(launch());
}
}
