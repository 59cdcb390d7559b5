-- Sends one token after the other: PATH AUTHORIZATION FILE (each thread reads FILE.n, a token a line) again|once.
-- «once»: a thread that has sent all of its tokens ends. EXPECT as in same.lua.
dofile(os.getenv("BENCH") .. "/report.lua")

local path, headers, once
local tokens, position = {}, 0
local expected = os.getenv("EXPECT") or ""

function init(args)
    path = args[1]
    headers = { ["Authorization"] = args[2], ["Content-Type"] = "application/x-www-form-urlencoded" }
    for token in io.lines(args[3] .. "." .. number) do tokens[#tokens + 1] = token end
    once = args[4] == "once"
end

function request()
    position = position + 1
    if position > #tokens then
        position = 1
        if once then wrk.thread:stop() end
    end
    return wrk.format("POST", path, headers, "token=" .. tokens[position])
end

function response(status, _, body)
    if status ~= 200 or not body:find(expected, 1, true) then unexpected(status, body) end
end
