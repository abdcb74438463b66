#include "backend/cpu/thread_pool.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rocmforge::cpu {

namespace {

constexpr uint32_t joined_mask = 0xffff; // workers in the job
constexpr uint32_t open_bit = 0x10000;
constexpr uint32_t number_step = 0x20000; // the job number fills the bits above

constexpr int spin_rounds = 1000; // some tens of microseconds
constexpr int chunks_per_thread = 8;

uint32_t number_of(uint32_t state)
{
    return state / number_step;
}

void pause()
{
#if defined(__x86_64__)
    _mm_pause();
#else
    std::this_thread::yield();
#endif
}

/// Spins while part(word) == old, then sleeps until it differs; the word then.
template <typename Part> uint32_t wait_for_change(const std::atomic<uint32_t>& word, uint32_t old, Part part)
{
    for (int round = 0; round < spin_rounds; ++round) {
        const uint32_t value = word.load(std::memory_order_acquire);
        if (part(value) != old)
            return value;
        pause();
    }
    for (;;) {
        const uint32_t value = word.load(std::memory_order_acquire);
        if (part(value) != old)
            return value;
        word.wait(value, std::memory_order_acquire);
    }
}

} // namespace

ThreadPool::ThreadPool(int n_threads)
{
    for (int i = 1; i < n_threads; ++i)
        workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool()
{
    stopping_.store(true, std::memory_order_relaxed);
    state_.fetch_add(number_step, std::memory_order_release);
    state_.notify_all();
    for (std::thread& worker : workers_)
        worker.join();
}

int64_t ThreadPool::chunk_for(int64_t count) const
{
    return std::max<int64_t>(1, count / (int64_t(n_threads()) * chunks_per_thread));
}

void ThreadPool::run(const Job& job)
{
    if (job.count <= 0)
        return;
    if (workers_.empty() || job.count <= job.chunk) {
        job.call(job.callable, 0, job.count, 0);
        return;
    }
    job_ = job;
    next_.store(0, std::memory_order_relaxed);
    state_.fetch_add(number_step + open_bit, std::memory_order_release);
    state_.notify_all();
    take_chunks(0);
    const uint32_t closed = state_.fetch_and(~open_bit, std::memory_order_acq_rel);
    if ((closed & joined_mask) != 0)
        wait_for_workers();
}

void ThreadPool::wait_for_workers()
{
    wait_for_change(last_left_, 0, [](uint32_t value) { return value; });
    last_left_.store(0, std::memory_order_relaxed);
}

void ThreadPool::take_chunks(int thread)
{
    for (;;) {
        const int64_t begin = next_.fetch_add(job_.chunk, std::memory_order_relaxed);
        if (begin >= job_.count)
            return;
        job_.call(job_.callable, begin, std::min(begin + job_.chunk, job_.count), thread);
    }
}

void ThreadPool::work(int thread)
{
    uint32_t seen = 0;
    for (;;) {
        seen = wait_for_job(seen);
        if (stopping_.load(std::memory_order_relaxed))
            return;
        if (join_job()) {
            take_chunks(thread);
            leave_job();
        }
    }
}

uint32_t ThreadPool::wait_for_job(uint32_t seen) const
{
    return number_of(wait_for_change(state_, seen, number_of));
}

bool ThreadPool::join_job()
{
    uint32_t state = state_.load(std::memory_order_relaxed);
    while ((state & open_bit) != 0) {
        if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acquire,
                                         std::memory_order_relaxed))
            return true;
    }
    return false;
}

void ThreadPool::leave_job()
{
    const uint32_t before = state_.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & open_bit) != 0 || (before & joined_mask) != 1)
        return;
    last_left_.store(1, std::memory_order_release);
    last_left_.notify_one();
}

} // namespace rocmforge::cpu
