-- Each connection refreshes its own token again and again: PATH AUTHORIZATION TOKEN… (one for each thread, and wrk is
-- given as many threads as connections).
dofile(os.getenv("BENCH") .. "/report.lua")

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
    token = status == 200 and body:find('"id_token":"', 1, true) and body:match('"refresh_token":"([^"]+)"')
    if not token then unexpected(status, body) end
end
