-- The same request again and again: METHOD PATH [BODY [HEADER VALUE …]]; each connection pauses PAUSE milliseconds
-- between its requests if the environment names it.
dofile(os.getenv("BENCH") .. "/report.lua")

local message
local pause = tonumber(os.getenv("PAUSE") or "0")

function init(args)
    local headers = {}
    for index = 4, #args, 2 do headers[args[index]] = args[index + 1] end
    message = wrk.format(args[1], args[2], headers, args[3] ~= "" and args[3] or nil)
end

function request()
    return message
end

if pause > 0 then
    -- Spread evenly around the pause, so that the connections do not march in step.
    function delay() return math.random(0, 2 * pause) end
end
