// Cards as their drivers describe them: names, units and formats of the files are those of amdgpu.
#pragma once

#include "support/fake_machine.h"

namespace rocmforge::test {

inline const FakeCard rx7900xtx{"0000:03:00.0", R"(
vendor 0x1002
device 0x744c
revision 0xc8
power/control auto
power/runtime_status active
power/autosuspend_delay_ms 5000
gpu_busy_percent 37
mem_busy_percent 12
mem_info_vram_total 25753026560
mem_info_vram_used 5268045824
mem_info_gtt_total 33512140800
mem_info_gtt_used 106696704
pp_dpm_sclk 0: 500Mhz | 1: 2371Mhz * | 2: 2482Mhz
pp_dpm_mclk 0: 96Mhz | 1: 456Mhz | 2: 772Mhz | 3: 1249Mhz *
hwmon/hwmon4/name amdgpu
hwmon/hwmon4/temp1_input 54000
hwmon/hwmon4/temp1_label edge
hwmon/hwmon4/temp2_input 67000
hwmon/hwmon4/temp2_label junction
hwmon/hwmon4/temp3_input 72000
hwmon/hwmon4/temp3_label mem
hwmon/hwmon4/power1_average 143000000
hwmon/hwmon4/power1_cap 339000000
hwmon/hwmon4/freq1_input 2371000000
hwmon/hwmon4/freq1_label sclk
hwmon/hwmon4/freq2_input 1249000000
hwmon/hwmon4/freq2_label mclk
kfd/simd_count 192
kfd/simd_per_cu 2
kfd/gfx_target_version 110000
)"};

inline const FakeCard rx9070xt{"0000:2d:00.0", R"(
vendor 0x1002
device 0x7550
revision 0xc0
power/control auto
power/runtime_status active
power/autosuspend_delay_ms 5000
gpu_busy_percent 99
mem_info_vram_total 17095983104
mem_info_vram_used 12884901888
mem_info_gtt_total 33512140800
mem_info_gtt_used 61865984
pp_dpm_sclk 0: 500Mhz | 1: 3005Mhz * | 2: 3450Mhz
pp_dpm_mclk 0: 96Mhz | 1: 1258Mhz *
hwmon/hwmon2/name amdgpu
hwmon/hwmon2/temp1_input 49000
hwmon/hwmon2/temp1_label edge
hwmon/hwmon2/temp2_input 78000
hwmon/hwmon2/temp2_label junction
hwmon/hwmon2/temp3_input 84000
hwmon/hwmon2/temp3_label mem
hwmon/hwmon2/power1_average 298000000
hwmon/hwmon2/power1_cap 304000000
hwmon/hwmon2/freq1_input 3005000000
hwmon/hwmon2/freq2_input 1258000000
kfd/simd_count 128
kfd/simd_per_cu 2
kfd/gfx_target_version 120001
)"};

// One sensor of temperature, no limit of power, no clock of its own memory.
inline const FakeCard strixHalo{"0000:c4:00.0", R"(
vendor 0x1002
device 0x1586
revision 0xc1
power/control on
power/runtime_status active
gpu_busy_percent 4
mem_info_vram_total 536870912
mem_info_vram_used 398458880
mem_info_gtt_total 66751234048
mem_info_gtt_used 8589934592
pp_dpm_sclk 0: 600Mhz | 1: 1100Mhz * | 2: 2900Mhz
hwmon/hwmon7/name amdgpu
hwmon/hwmon7/temp1_input 41000
hwmon/hwmon7/temp1_label edge
hwmon/hwmon7/power1_average 17025000
hwmon/hwmon7/freq1_input 1100000000
kfd/simd_count 80
kfd/simd_per_cu 2
kfd/gfx_target_version 110501
)"};

// No edge sensor, no average power, and a clock below its levels while it rests.
inline const FakeCard mi300x{"0001:05:00.0", R"(
vendor 0x1002
device 0x74a1
revision 0x00
power/control on
power/runtime_status active
gpu_busy_percent 0
mem_info_vram_total 206141652992
mem_info_vram_used 297799680
mem_info_gtt_total 270108913664
mem_info_gtt_used 20971520
pp_dpm_sclk S: 132Mhz * | 0: 500Mhz | 1: 2100Mhz
pp_dpm_mclk 0: 900Mhz * | 1: 1100Mhz | 2: 1200Mhz | 3: 1300Mhz
hwmon/hwmon9/name amdgpu
hwmon/hwmon9/temp2_input 44000
hwmon/hwmon9/temp2_label junction
hwmon/hwmon9/temp3_input 36000
hwmon/hwmon9/temp3_label mem
hwmon/hwmon9/power1_input 134000000
hwmon/hwmon9/power1_cap 750000000
kfd/simd_count 1216
kfd/simd_per_cu 4
kfd/gfx_target_version 90402
)"};

// Beside a discrete card in the same machine.
inline const FakeCard raphael{"0000:1a:00.0", R"(
vendor 0x1002
device 0x164e
revision 0xc1
power/control on
power/runtime_status active
gpu_busy_percent 2
mem_info_vram_total 536870912
mem_info_vram_used 23310336
mem_info_gtt_total 33513766912
mem_info_gtt_used 47185920
pp_dpm_sclk 0: 400Mhz | 1: 600Mhz * | 2: 2200Mhz
hwmon/hwmon5/name amdgpu
hwmon/hwmon5/temp1_input 46000
hwmon/hwmon5/temp1_label edge
hwmon/hwmon5/power1_input 38092000
hwmon/hwmon5/freq1_input 600000000
kfd/simd_count 4
kfd/simd_per_cu 2
kfd/gfx_target_version 100306
)"};

} // namespace rocmforge::test
