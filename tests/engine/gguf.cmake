rocmforge_test(gguf SOURCES engine/gguf_test.cpp LIBRARIES rocmforge_gguf)
