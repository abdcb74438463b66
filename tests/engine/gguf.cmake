rocmforge_test(gguf SOURCES gguf_test.cpp LIBRARIES rocmforge_gguf)
rocmforge_test(gguf_file SOURCES gguf_file_test.cpp LIBRARIES rocmforge_gguf)
rocmforge_test(gguf_writer SOURCES gguf_writer_test.cpp LIBRARIES rocmforge_gguf)
rocmforge_test(gguf_memory SOURCES gguf_memory_test.cpp LIBRARIES rocmforge_gguf)
