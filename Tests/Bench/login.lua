-- A whole login by a browser without cookies: authorization request, login page, password, consent page, decision,
-- code, token. AUTHORIZE-PATH TOKEN-PATH AUTHORIZATION BODY USERNAME PASSWORD. Six requests a flow; one connection for
-- each thread.
dofile(os.getenv("BENCH") .. "/report.lua")

local start, token_path, authorization, body, username, password
local step, path, form, cookies = 1, nil, nil, {}

local function encoded(text)
    return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

function init(args)
    start, token_path, authorization, body = args[1], args[2], args[3], args[4]
    username, password = encoded(args[5]), encoded(args[6])
end

local function cookie_field()
    local pairs_of_cookies = {}
    for name, value in pairs(cookies) do pairs_of_cookies[#pairs_of_cookies + 1] = name .. "=" .. value end
    return table.concat(pairs_of_cookies, "; ")
end

function request()
    local headers = { ["Cookie"] = cookie_field() }
    if step == 1 then
        cookies = {}
        return wrk.format("GET", start)
    end
    if form then
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if step == 6 then headers["Authorization"] = authorization end
        return wrk.format("POST", path, headers, form)
    end
    return wrk.format("GET", path, headers)
end

-- The hidden fields of the page's form.
local function hidden(page)
    local fields = {}
    for name, value in page:gmatch('<input type="hidden" name="([^"]+)" value="([^"]*)">') do
        fields[name] = encoded(value)
    end
    return "csrf=" .. fields.csrf .. "&request=" .. fields.request
end

-- wrk joins fields of one name, of which Set-Cookie may have several, by keeping the last.
function response(status, fields, page)
    local set = fields["Set-Cookie"]
    if set then
        local name, value = set:match("^([^=]+)=([^;]*)")
        cookies[name] = value
    end
    local location = fields["Location"]
    -- Redirect, page, redirect, page, redirect, tokens.
    local is_expected
    if step == 6 then
        is_expected = status == 200 and page:find('"id_token":"', 1, true)
    elseif step % 2 == 0 then
        is_expected = status == 200 and page:find('name="csrf"', 1, true)
    else
        is_expected = (status == 302 or status == 303) and location
    end
    if not is_expected then unexpected(status, page) end
    form = nil
    if step == 1 or step == 3 then
        path = location
    elseif step == 2 then
        path, form = "/login", hidden(page) .. "&action=login&username=" .. username .. "&password=" .. password
    elseif step == 4 then
        path, form = "/consent", hidden(page) .. "&scope=openid&scope=profile&decision=allow"
    elseif step == 5 then
        local code = location:match("[?&]code=([^&]+)")
        if not code then unexpected(status, location) end
        path, form = token_path, body .. "&code=" .. code
    end
    step = step % 6 + 1
end
