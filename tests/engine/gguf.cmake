rocmforge_test(gguf SOURCES gguf_test.cpp LIBRARIES rocmforge_gguf)
