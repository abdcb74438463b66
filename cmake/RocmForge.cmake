# How every target of the project is made: language level, warnings, sanitizers, tests.

add_library(rocmforge_options INTERFACE)
target_compile_features(rocmforge_options INTERFACE cxx_std_23)
target_compile_options(rocmforge_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<BOOL:${ROCMFORGE_WERROR}>:-Werror>)
if(ROCMFORGE_SANITIZER)
    target_compile_options(rocmforge_options INTERFACE
        -fsanitize=${ROCMFORGE_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(rocmforge_options INTERFACE -fsanitize=${ROCMFORGE_SANITIZER})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        # GCC 12 warns of what its own instrumentation obscures: -fsanitize's documentation says so.
        target_compile_options(rocmforge_options INTERFACE -Wno-maybe-uninitialized)
    endif()
endif()

find_program(ROCMFORGE_CCACHE ccache)
if(ROCMFORGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ROCMFORGE_CCACHE})
endif()

# rocmforge_module(<name> SOURCES … [DEPENDS …] [LIBRARIES …])
# One folder of the engine: the static library rocmforge_<name>. DEPENDS names other modules,
# LIBRARIES external targets that only the sources see.
function(rocmforge_module name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
    add_library(rocmforge_${name} STATIC ${arg_SOURCES})
    target_include_directories(rocmforge_${name} PUBLIC
        ${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/engine/include)
    list(TRANSFORM arg_DEPENDS PREPEND rocmforge_)
    target_link_libraries(rocmforge_${name}
        PUBLIC ${arg_DEPENDS} PRIVATE rocmforge_options ${arg_LIBRARIES})
endfunction()

# rocmforge_test(<name> SOURCES … [LIBRARIES …] [LABEL unit|gpu|qml|slow] [TIMEOUT seconds])
# A QtTest executable tst_<name>, run offscreen by CTest with the golden data where it is present.
function(rocmforge_test name)
    cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
    if(NOT arg_LABEL)
        set(arg_LABEL unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 900)
    endif()
    add_executable(tst_${name} ${arg_SOURCES})
    set_target_properties(tst_${name} PROPERTIES AUTOMOC ON)
    target_include_directories(tst_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(tst_${name} PRIVATE
        ROCMFORGE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ROCMFORGE_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_link_libraries(tst_${name} PRIVATE rocmforge_options Qt6::Core Qt6::Test ${arg_LIBRARIES})
    add_test(NAME ${name} COMMAND tst_${name})
    # Qt is not built with the race detector, which cannot follow its locks. QtTest's own timeout per
    # function would be too short for instrumented code.
    set_tests_properties(${name} PROPERTIES
        LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=${arg_TIMEOUT}000;TSAN_OPTIONS=ignore_noninstrumented_modules=1;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp")
endfunction()
