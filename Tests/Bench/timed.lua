-- The same request again and again, paced like same.lua, and when each answer came: FILE METHOD PATH [BODY [HEADER
-- VALUE …]]. Each thread, of one connection, writes FILE.n: a line of the time of CLOCK_MONOTONIC and what the answer
-- took, in microseconds.
dofile(os.getenv("BENCH") .. "/report.lua")

local ffi = require("ffi")
ffi.cdef [[
    struct moment { long seconds, nanoseconds; };
    int clock_gettime(int clock, struct moment *moment);
]]

local moment = ffi.new("struct moment")
local function now()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) * 1e6 + tonumber(moment.nanoseconds) / 1e3
end

local message, log, sent
local pause = tonumber(os.getenv("PAUSE") or "0")

function init(args)
    local headers = {}
    for index = 5, #args, 2 do headers[args[index]] = args[index + 1] end
    message = wrk.format(args[2], args[3], headers, args[4] ~= "" and args[4] or nil)
    log = assert(io.open(args[1] .. "." .. number, "w"))
    log:setvbuf("line")
    math.randomseed(number)
end

function request()
    sent = now()
    return message
end

function response(status, _, body)
    if status ~= 200 then unexpected(status, body) end
    local answered = now()
    log:write(string.format("%.0f %.0f\n", answered, answered - sent))
end

if pause > 0 then
    function delay() return math.random(0, 2 * pause) end
end
