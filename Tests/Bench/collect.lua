-- Asks for tokens and keeps them: FILE PATH AUTHORIZATION BODY. Each thread writes FILE.n, a token a line.
dofile(os.getenv("BENCH") .. "/report.lua")

local message, tokens
function init(args)
    local headers = { ["Authorization"] = args[3], ["Content-Type"] = "application/x-www-form-urlencoded" }
    message = wrk.format("POST", args[2], headers, args[4])
    tokens = assert(io.open(args[1] .. "." .. number, "w"))
    tokens:setvbuf("line")
end

function request()
    return message
end

function response(status, _, body)
    local token = status == 200 and body:match('"access_token":"([^"]+)"')
    if not token then unexpected(status, body) end
    tokens:write(token, "\n")
end
