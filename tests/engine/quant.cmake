rocmforge_test(formats SOURCES formats_test.cpp LIBRARIES rocmforge_quant)
rocmforge_test(quantize SOURCES quantize_test.cpp LIBRARIES rocmforge_quant)
