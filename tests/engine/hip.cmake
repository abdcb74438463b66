rocmforge_test(gpu_probe SOURCES gpu_probe_test.cpp LIBRARIES rocmforge_hip)
target_compile_definitions(tst_gpu_probe PRIVATE HIP_EMULATOR="$<TARGET_FILE:hip_emulator>")
add_dependencies(tst_gpu_probe hip_emulator)

rocmforge_test(device_choice SOURCES device_choice_test.cpp LIBRARIES rocmforge_hip)

# Tests of the backend run on the emulator, with the embedded kernels only as a token.
function(rocmforge_hip_test name)
    rocmforge_test(hip_${name} SOURCES hip_${name}_test.cpp LIBRARIES rocmforge_hip ${ARGN})
    target_compile_definitions(tst_hip_${name} PRIVATE HIP_EMULATOR="$<TARGET_FILE:hip_emulator>")
    add_dependencies(tst_hip_${name} hip_emulator hip_emulator_wave32 hip_emulator_wave64)
endfunction()

if(ROCMFORGE_KERNEL_TARGETS)
    rocmforge_hip_test(attention)
    rocmforge_hip_test(draw rocmforge_sampling)
    rocmforge_hip_test(elementwise)
    rocmforge_hip_test(engine rocmforge_engine)
    rocmforge_hip_test(model rocmforge_model)
    rocmforge_hip_test(products)
    rocmforge_hip_test(recurrent)
    rocmforge_hip_test(runtime rocmforge_model)
    rocmforge_hip_test(tiles)
endif()
