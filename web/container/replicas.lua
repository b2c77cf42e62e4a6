-- Which TorchServe replicas answer, and whose turn it is.
--
--   answer   an address that refused, reset or timed out gets one request every PROBE_S seconds until one succeeds; only
--            if all that is left is slow, they get all requests: then it is load, and not a replica, that is the trouble
--   room     a replica whose queue was full is left alone for FULL_S: each refusal would cost it more than a nod, and soon it
--            would do little else
--   turn     of the rest the one that holds the fewest of this nginx worker's requests, in turn if several do: one that stands
--            still, for its CPU quota is used up, would else soon hold everybody's. The second try goes to another replica
local balancer = require "ngx.balancer"
local addresses = require "addresses"

local PROBE_S = 2
local GONE, SLOW = "gone", "slow" -- not there, or there and without an answer in time
local FORGET_S = 60 -- what is known of an address that nobody uses any more
local CONNECT_S, SEND_S = 1, 5
local REFUSAL_S = 1 -- TorchServe refuses at once what its queue has no place for; the handler's own 503 comes after 3 s
local FULL_S = 0.1 -- in which a full queue, of 200, does not run empty
local NO_LIVE_UPSTREAM = -3 -- nginx's own NGX_BUSY; a status in its place would become 500

local replicas = {}
local place -- the options of `follow`
local turn = math.random(1000)
local held = {} -- requests that this nginx worker has at an address
local down, busy = ngx.shared.down_replicas, ngx.shared.busy_replicas

-- Whether a replica may be given this request.
local function has_room(address, limits)
    if busy:get("full " .. address) and ngx.var.route ~= "probe" then
        return false
    end
    if not limits.most then
        return true
    end
    local bytes = (busy:get("bytes " .. address) or 0) + tonumber(ngx.var.request_length)
    return (busy:get(address) or 0) < limits.most and bytes <= limits.most_bytes
end

-- Note that a request of the limited kind has come to a replica (1) or left it (-1).
local function occupy(address, change)
    busy:incr(address, change, 0, FORGET_S)
    busy:incr("bytes " .. address, change * tonumber(ngx.var.request_length), 0, FORGET_S)
end

local function answers(address)
    return not down:get(address) or down:add("probe " .. address, true, PROBE_S)
end

local function is_slow(address)
    return down:get(address) == SLOW
end

-- The replica of `name` that is as asked, other than `tried`, and holds the fewest requests, or nothing.
local function find(name, limits, tried, is_as_asked)
    local known = addresses.of(name)
    local found, fewest
    for step = 1, #known do
        local address = known[(turn + step) % #known + 1]
        local holds = held[address] or 0
        if address ~= tried and (not found or holds < fewest) and has_room(address, limits) and is_as_asked(address) then
            found, fewest = address, holds
        end
    end
    return found
end

-- Whether a replica of `name`, other than `address`, has nothing against it.
local function is_one_up(name, address)
    for _, other in ipairs(addresses.of(name)) do
        if other ~= address and not down:get(other) then
            return true
        end
    end
    return false
end

local function pick(name, limits, tried)
    turn = turn + 1
    return find(name, limits, tried, answers) or not is_one_up(name) and find(name, limits, tried, is_slow) or nil
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

-- A replica other than `tried`, and its name.
local function choose(name, limits, tried)
    local address = pick(name, limits, tried)
    if not address and name ~= place.names[1] then
        name = place.names[1] -- no canary is there: the stable version answers
        address = pick(name, limits, tried)
    end
    return address, name
end

--- Start to follow the replicas, in every nginx worker (init_worker_by_lua).
-- options: names (the stable version's first), port, nameservers
function replicas.follow(options)
    place = options
    addresses.follow(options)
end

-- The replica that a request was sent to last, if it was. ngx.ctx does not say: error_page empties it.
local function last_tried()
    return (ngx.var.upstream_addr or ""):match ".*%f[%d](%d+%.%d+%.%d+%.%d+):"
end

--- Choose where a request goes (balancer_by_lua).
-- limits: first_read_s and last_read_s, how long a replica may take to answer while there is another one to ask, and when
-- there is not (without them the location's proxy_read_timeout holds); most and most_bytes, how many requests a replica may
-- hold at once and how large they may be together
function replicas.balance(limits)
    local context = ngx.ctx
    local address = context.replica
    local read_s = limits.last_read_s
    if address then
        note_failure(context)
        address = choose(context.name, limits, address) or address
    else
        local tried = last_tried() -- in the location that tries again
        address, context.name = choose(ngx.var.torchserve_name, limits, tried)
        address = address or tried
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
    held[address] = (held[address] or 0) + 1
    if limits.most then
        occupy(address, 1)
    end
    assert(balancer.set_current_peer(address, place.port))
end

--- Note that a request has left its replicas (log_by_lua). ngx.ctx is of no use here: error_page empties it.
function replicas.finish()
    local last
    local statuses = (ngx.var.upstream_status or ""):gmatch("[%d-]+")
    local times = (ngx.var.upstream_response_time or ""):gmatch("[%d.-]+")
    for address in (ngx.var.upstream_addr or ""):gmatch("(%d+%.%d+%.%d+%.%d+):") do
        local status, seconds = statuses(), tonumber(times() or "")
        if status == "503" and seconds and seconds < REFUSAL_S then
            busy:set("full " .. address, true, FULL_S)
        end
        held[address] = held[address] > 1 and held[address] - 1 or nil
        if ngx.var.route == "batch" then -- which alone are limited
            occupy(address, -1)
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
    for _, name in ipairs(place.names) do
        local number = { up = 0, down = 0 }
        for _, address in ipairs(addresses.of(name)) do
            local state = down:get(address) and "down" or "up"
            number[state] = number[state] + 1
        end
        numbers[name] = number
    end
    return numbers
end

return replicas
