-- The same request again and again: METHOD PATH [BODY [HEADER VALUE …]]; each connection pauses PAUSE milliseconds
-- between its requests if the environment names it, and every answer must be a 200 with the text EXPECT if the
-- environment names that. (Reading answers costs the load generator time, so loads whose rate is compared do not.)
dofile(os.getenv("BENCH") .. "/report.lua")

local message
local pause = tonumber(os.getenv("PAUSE") or "0")
local expected = os.getenv("EXPECT") or ""

function init(args)
    local headers = {}
    for index = 4, #args, 2 do headers[args[index]] = args[index + 1] end
    message = wrk.format(args[1], args[2], headers, args[3] ~= "" and args[3] or nil)
    math.randomseed(number)
end

function request()
    return message
end

if expected ~= "" then
    function response(status, _, body)
        if status ~= 200 or not body:find(expected, 1, true) then unexpected(status, body) end
    end
end

if pause > 0 then
    -- Spread evenly around the pause, so that the connections do not march in step.
    function delay() return math.random(0, 2 * pause) end
end
