-- A token request of one client again and again, from twenty addresses as a proxy names them: PATH AUTHORIZATION. Each
-- connection pauses PAUSE milliseconds between its requests. Prints {"admitted": …, "refused": …}; an answer that is
-- neither a token nor a refusal for the rate counts as unanswered.
local messages, position = {}, 0
local pause = tonumber(os.getenv("PAUSE") or "0")
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(args)
    admitted, refused, others = 0, 0, 0
    for number = 1, 20 do
        messages[number] = wrk.format("POST", args[1], {
            ["Authorization"] = args[2], ["Content-Type"] = "application/x-www-form-urlencoded",
            ["X-Forwarded-For"] = "203.0.113." .. number }, "grant_type=client_credentials")
    end
end

function request()
    position = position % #messages + 1
    return messages[position]
end

function response(status)
    if status == 200 then admitted = admitted + 1
    elseif status == 429 then refused = refused + 1
    else others = others + 1 end
end

if pause > 0 then
    function delay() return math.random(0, 2 * pause) end
end

function done(summary)
    local sums = { admitted = 0, refused = 0, others = 0 }
    for _, thread in ipairs(threads) do
        for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
    end
    local errors = summary.errors
    io.write(string.format(
        '{"admitted": %d, "refused": %d, "unanswered": %d}\n', sums.admitted, sums.refused,
        sums.others + errors.connect + errors.read + errors.write + errors.timeout))
end
