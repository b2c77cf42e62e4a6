-- Which TorchServe replicas exist, which of them answer, and whose turn it is.
--
-- Debian's nginx asks for an upstream's name once, at start. With the name in a variable it asks again, but then it keeps
-- no connection open, and forgets from request to request which address did not answer. Here
--   exist    the name is asked for every second; an answer without addresses means that there are none
--   answer   an address that refused, reset or timed out gets one request every PROBE_S seconds until one succeeds; only
--            if all that is left is slow, they get all requests: then it is load, and not a replica, that is the trouble
--   turn     round robin over the rest; the second try of a request goes to another replica
local balancer = require "ngx.balancer"
local resolver = require "nginx.dns.resolver"

local RESOLVE_S = 1
local PROBE_S = 2
local GONE, SLOW = "gone", "slow" -- not there, or there and without an answer in time
local FORGET_S = 60 -- what is known of an address that nobody uses any more
local CONNECT_S, SEND_S = 1, 5
local NO_SUCH_NAME = 3
local NO_LIVE_UPSTREAM = -3 -- nginx's own NGX_BUSY; a status in its place would become 500

local replicas = {}
local place -- the options of `follow`
local addresses = {} -- by name
local turn = math.random(1000)
local down, busy = ngx.shared.down_replicas, ngx.shared.busy_replicas

local function resolve(name)
    local answers
    local client, failure = resolver:new { nameservers = place.nameservers, retrans = 2, timeout = 1000 }
    if client then
        answers, failure = client:query(name, { qtype = client.TYPE_A })
    end
    if not answers or answers.errcode and answers.errcode ~= NO_SUCH_NAME then
        -- A name server that fails says nothing about the replicas: those known are kept.
        ngx.log(ngx.WARN, "cannot resolve ", name, ": ", failure or answers.errstr)
        return
    end
    local found = {}
    for _, answer in ipairs(answers) do
        found[#found + 1] = answer.address -- a CNAME has none
    end
    table.sort(found)
    addresses[name] = found
end

local function look_around(premature)
    if premature then
        return
    end
    for _, name in ipairs(place.names) do
        resolve(name)
    end
end

local function answers(address)
    return not down:get(address) or down:add("probe " .. address, true, PROBE_S)
end

local function is_slow(address)
    return down:get(address) == SLOW
end

-- The next replica of `name` that is as asked, other than `tried`, or nothing.
local function find(name, most, tried, is_as_asked)
    local known = addresses[name] or {}
    for step = 1, #known do
        local address = known[(turn + step) % #known + 1]
        if address ~= tried and (not most or (busy:get(address) or 0) < most) and is_as_asked(address) then
            return address
        end
    end
end

-- Whether a replica of `name`, other than `address`, has nothing against it.
local function is_one_up(name, address)
    for _, other in ipairs(addresses[name] or {}) do
        if other ~= address and not down:get(other) then
            return true
        end
    end
    return false
end

local function pick(name, most, tried)
    turn = turn + 1
    return find(name, most, tried, answers) or not is_one_up(name) and find(name, most, tried, is_slow) or nil
end

local function note_failure(context)
    -- "next" is an answer that is worth a retry (500, 503): its replica is there.
    if balancer.get_last_failure() ~= "failed" then
        return
    end
    local waited = ngx.now() - context.since
    down:set(context.replica, waited > CONNECT_S + 0.5 and SLOW or GONE, FORGET_S)
    down:set("probe " .. context.replica, true, PROBE_S)
end

local function choose_first(name, most)
    local address = pick(name, most)
    if not address and name ~= place.names[1] then
        name = place.names[1] -- no canary is there: the stable version answers
        address = pick(name, most)
    end
    return address, name
end

--- Start to follow the replicas, in every nginx worker (init_worker_by_lua).
-- options: names (the stable version's first), port, nameservers
function replicas.follow(options)
    place = options
    assert(ngx.timer.at(0, look_around))
    assert(ngx.timer.every(RESOLVE_S, look_around))
end

--- Choose where a request goes (balancer_by_lua).
-- limits: first_read_s and last_read_s, how long a replica may take to answer while there is another one to ask, and when
-- there is not (without them the location's proxy_read_timeout holds); most, how many requests a replica may hold at once
function replicas.balance(limits)
    local context = ngx.ctx
    local address = context.replica
    local read_s = limits.last_read_s
    if address then
        note_failure(context)
        address = pick(context.name, limits.most, address) or address
    else
        address, context.name = choose_first(ngx.var.torchserve_name, limits.most)
        if not address then
            return ngx.exit(NO_LIVE_UPSTREAM)
        end
        balancer.set_more_tries(1)
        if is_one_up(context.name, address) then
            read_s = limits.first_read_s
        end
    end
    if read_s and ngx.var.route ~= "probe" then -- whose own short timeout is its answer
        balancer.set_timeouts(CONNECT_S, SEND_S, read_s)
    end
    context.replica, context.since = address, ngx.now()
    if limits.most then
        busy:incr(address, 1, 0, FORGET_S)
    end
    assert(balancer.set_current_peer(address, place.port))
end

--- Note that a request has left its replicas (log_by_lua). ngx.ctx is of no use here: error_page empties it.
function replicas.finish()
    local last
    for address in (ngx.var.upstream_addr or ""):gmatch("(%d+%.%d+%.%d+%.%d+):") do
        if ngx.var.route == "batch" then -- which alone are limited
            busy:incr(address, -1, 0, FORGET_S)
        end
        last = address
    end
    if last and ngx.status < 500 and down:get(last) then
        down:delete(last)
    end
end

--- Count the replicas of each name: {name = {up = n, down = n}}.
function replicas.numbers()
    local numbers = {}
    for name, known in pairs(addresses) do
        local number = { up = 0, down = 0 }
        for _, address in ipairs(known) do
            local state = down:get(address) and "down" or "up"
            number[state] = number[state] + 1
        end
        numbers[name] = number
    end
    return numbers
end

return replicas
