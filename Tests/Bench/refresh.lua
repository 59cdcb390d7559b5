-- Each connection refreshes its own token again and again: PATH AUTHORIZATION TOKEN… (one for each thread, and wrk is
-- given as many threads as connections).
dofile(os.getenv("BENCH") .. "/report.lua")

local next_thread = 0
function setup(thread)
    next_thread = next_thread + 1
    thread:set("number", next_thread)
end

local path, headers, token
function init(args)
    path = args[1]
    headers = { ["Authorization"] = args[2], ["Content-Type"] = "application/x-www-form-urlencoded" }
    token = args[2 + number]
end

function request()
    return wrk.format("POST", path, headers, "grant_type=refresh_token&refresh_token=" .. token)
end

function response(status, _, body)
    if status == 200 then token = body:match('"refresh_token":"([^"]+)"') end
end
