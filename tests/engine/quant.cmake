rocmforge_test(formats SOURCES engine/formats_test.cpp LIBRARIES rocmforge_quant)
