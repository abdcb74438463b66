find_package(nlohmann_json REQUIRED)

rocmforge_test(tokenizer SOURCES tokenizer_test.cpp
    LIBRARIES rocmforge_tokenizer nlohmann_json::nlohmann_json)
rocmforge_test(tokenizer_golden SOURCES tokenizer_golden_test.cpp
    LIBRARIES rocmforge_tokenizer nlohmann_json::nlohmann_json)
rocmforge_test(tokenizer_pretokenizer SOURCES tokenizer_pretokenizer_test.cpp LIBRARIES rocmforge_tokenizer)
rocmforge_test(tokenizer_stream_decoder SOURCES tokenizer_stream_decoder_test.cpp
    LIBRARIES rocmforge_tokenizer)
rocmforge_test(tokenizer_parts SOURCES tokenizer_parts_test.cpp LIBRARIES rocmforge_tokenizer)
rocmforge_test(tokenizer_embedding SOURCES tokenizer_embedding_test.cpp LIBRARIES rocmforge_tokenizer)
rocmforge_test(tokenizer_plamo2 SOURCES tokenizer_plamo2_test.cpp LIBRARIES rocmforge_tokenizer)
rocmforge_test(tokenizer_speed SOURCES tokenizer_speed_test.cpp
    LIBRARIES rocmforge_tokenizer LABEL slow TIMEOUT 1500)
