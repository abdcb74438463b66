find_package(nlohmann_json REQUIRED)

rocmforge_test(chat_template SOURCES chat_template_test.cpp LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
rocmforge_test(chat_template_golden SOURCES chat_template_golden_test.cpp
    LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
rocmforge_test(chat_output_parser SOURCES chat_output_parser_test.cpp
    LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
rocmforge_test(jinja_snippets SOURCES jinja_snippets_test.cpp LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
rocmforge_test(jinja_sandbox SOURCES jinja_sandbox_test.cpp LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
rocmforge_test(jinja_fuzz SOURCES jinja_fuzz_test.cpp LIBRARIES rocmforge_chat nlohmann_json::nlohmann_json)
