# The table of the reference data, printed from what these tests count.
set(counting formats gguf tokenizer_golden chat_template_golden jinja_snippets model_logits)
set(tallies ${CMAKE_CURRENT_BINARY_DIR}/golden-tallies)
file(MAKE_DIRECTORY ${tallies})

rocmforge_test(golden_table SOURCES golden_table_test.cpp)
set_tests_properties(golden_table PROPERTIES FIXTURES_REQUIRED golden_counted)
set_tests_properties(${counting} PROPERTIES FIXTURES_SETUP golden_counted)
set_property(TEST golden_table ${counting} APPEND PROPERTY ENVIRONMENT "ROCMFORGE_TALLY_DIR=${tallies}")
