find_package(nlohmann_json REQUIRED)

rocmforge_test(tokenizer_golden SOURCES tokenizer_golden_test.cpp
    LIBRARIES rocmforge_tokenizer nlohmann_json::nlohmann_json)
