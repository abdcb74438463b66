rocmforge_test(synth SOURCES synth_test.cpp LIBRARIES rocmforge_synth)
