#include "scheduler/mailbox.h"

namespace rocmforge {

RequestId Mailbox::submit(Request request)
{
    const std::lock_guard lock(mutex_);
    mail_.submitted.emplace_back(++last_id_, std::move(request));
    changed_.notify_all();
    return last_id_;
}

void Mailbox::cancel(RequestId id)
{
    const std::lock_guard lock(mutex_);
    mail_.cancelled.push_back(id);
    changed_.notify_all();
}

void Mailbox::wake()
{
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

Mailbox::Mail Mailbox::take()
{
    const std::lock_guard lock(mutex_);
    return std::exchange(mail_, {});
}

void Mailbox::wait(std::chrono::milliseconds timeout)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [this] { return woken_ || !mail_.empty(); });
    woken_ = false;
}

} // namespace rocmforge
