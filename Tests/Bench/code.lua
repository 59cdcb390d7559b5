-- The code flow of a user who is signed in and has consented: AUTHORIZE-PATH TOKEN-PATH AUTHORIZATION COOKIE BODY.
-- Two requests a flow; one connection for each thread.
dofile(os.getenv("BENCH") .. "/report.lua")

local authorize, path, headers, body
local code
function init(args)
    authorize = wrk.format("GET", args[1], { ["Cookie"] = args[4] })
    path = args[2]
    headers = { ["Authorization"] = args[3], ["Content-Type"] = "application/x-www-form-urlencoded" }
    body = args[5]
end

function request()
    if code then return wrk.format("POST", path, headers, body .. "&code=" .. code) end
    return authorize
end

function response(status, fields, answer)
    if code then
        code = nil
        if status ~= 200 or not answer:find('"id_token":"', 1, true) then unexpected(status, answer) end
    else
        code = (fields["Location"] or ""):match("[?&]code=([^&]+)")
        if not code then unexpected(status, answer) end
    end
end
