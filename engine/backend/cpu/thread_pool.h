// The team of threads one CPU backend works with.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace rocmforge::cpu {

/// The calling thread and n_threads - 1 workers. Workers spin for some microseconds after a job, as
/// the next step of a forward pass usually follows at once, then sleep until there is one.
/// One thread at a time may call parallel_for(); not from within a body.
class ThreadPool {
public:
    /// Throws std::system_error where the system refuses a thread.
    explicit ThreadPool(int n_threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int n_threads() const { return static_cast<int>(workers_.size()) + 1; }

    /// Calls body(begin, end, thread) for disjoint ranges of at most `chunk` that together are
    /// 0 … count - 1, from several threads (0 … n_threads - 1) at once; returns when all calls have.
    template <typename Body> void parallel_for(int64_t count, int64_t chunk, Body&& body)
    {
        using Callable = std::remove_reference_t<Body>;
        run({[](void* callable, int64_t begin, int64_t end, int thread) {
                 (*static_cast<Callable*>(callable))(begin, end, thread);
             },
             const_cast<void*>(static_cast<const void*>(&body)), count, chunk});
    }

    /// The chunk that cuts `count` items into some pieces per thread: enough to even out threads
    /// that are late, few enough that each reads a long contiguous stretch.
    [[nodiscard]] int64_t chunk_for(int64_t count) const;

private:
    struct Job {
        void (*call)(void* callable, int64_t begin, int64_t end, int thread) = nullptr;
        void* callable = nullptr;
        int64_t count = 0;
        int64_t chunk = 1;
    };

    void run(const Job& job);
    void take_chunks(int thread);
    void work(int thread);
    [[nodiscard]] uint32_t wait_for_job(uint32_t seen) const;
    [[nodiscard]] bool join_job();
    void leave_job();
    void wait_for_workers();

    std::vector<std::thread> workers_;
    Job job_; ///< written only while no worker has joined
    alignas(64) std::atomic<int64_t> next_ = 0; ///< first item not yet taken
    /// Job number, whether it may be joined, and how many workers have: one word, so that a worker
    /// that wakes late finds the job closed rather than half gone.
    alignas(64) std::atomic<uint32_t> state_ = 0;
    alignas(64) std::atomic<uint32_t> last_left_ = 0; ///< 1 once the last worker left a closed job
    std::atomic<bool> stopping_ = false;
};

} // namespace rocmforge::cpu
