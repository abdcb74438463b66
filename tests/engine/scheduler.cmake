# KV cache bookkeeping, sampling, scheduling and the engine's facade.
rocmforge_test(page_pool SOURCES page_pool_test.cpp LIBRARIES rocmforge_kv)
rocmforge_test(radix_tree SOURCES radix_tree_test.cpp LIBRARIES rocmforge_kv)
rocmforge_test(prefix_cache SOURCES prefix_cache_test.cpp LIBRARIES rocmforge_kv)
rocmforge_test(philox SOURCES philox_test.cpp LIBRARIES rocmforge_sampling)
rocmforge_test(sampler SOURCES sampler_test.cpp LIBRARIES rocmforge_sampling)
