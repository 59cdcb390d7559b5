-- Discovery, introspection and client_credentials in turn: DISCOVERY-PATH INTROSPECT-PATH TOKEN-PATH AUTHORIZATION
-- TOKEN.
dofile(os.getenv("BENCH") .. "/report.lua")

local messages, position = {}, 0
function init(args)
    local headers = { ["Authorization"] = args[4], ["Content-Type"] = "application/x-www-form-urlencoded" }
    messages = {
        wrk.format("GET", args[1]),
        wrk.format("POST", args[2], headers, "token=" .. args[5]),
        wrk.format("POST", args[3], headers, "grant_type=client_credentials"),
    }
end

function request()
    position = position % 3 + 1
    return messages[position]
end
