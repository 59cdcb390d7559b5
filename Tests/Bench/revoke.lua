-- Revokes one token after the other: PATH AUTHORIZATION FILE (a token a line, each thread takes every n-th) THREADS.
dofile(os.getenv("BENCH") .. "/report.lua")

local next_thread = 0
function setup(thread)
    next_thread = next_thread + 1
    thread:set("number", next_thread)
end

local path, headers
local tokens, position = {}, 0
function init(args)
    path = args[1]
    headers = { ["Authorization"] = args[2], ["Content-Type"] = "application/x-www-form-urlencoded" }
    local line = 0
    for token in io.lines(args[3]) do
        if line % tonumber(args[4]) == number - 1 then tokens[#tokens + 1] = token end
        line = line + 1
    end
end

function request()
    position = position % #tokens + 1
    return wrk.format("POST", path, headers, "token=" .. tokens[position])
end
