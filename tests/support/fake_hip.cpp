// A HIP runtime that starts and finds $FAKE_HIP_DEVICES devices, for the probe's tests.
#include <cstdlib>

extern "C" {

int hipRuntimeGetVersion(int* version)
{
    *version = 6 * 10'000'000 + 2 * 100'000;
    return 0;
}

int hipGetDeviceCount(int* count)
{
    const char* devices = std::getenv("FAKE_HIP_DEVICES");
    *count = devices ? std::atoi(devices) : 0;
    return *count ? 0 : 100; // hipErrorNoDevice
}
}
