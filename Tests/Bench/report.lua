-- What every workload prints at its end: one line of JSON, which load.py reads. Times are in microseconds.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "bytes": %d, "median": %d, "p99": %d, "unanswered": %d, "refused": %d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end

-- An answer that is none: the load ends here, and load.py says so.
function unexpected(status, body)
    error("unexpected answer " .. status .. ": " .. (body or ""):sub(1, 500))
end

-- The first thread is number 1.
local threads = 0
function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end
