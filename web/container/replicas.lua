-- Load balancing over the TorchServe replicas.
--
--   health    an address that refused, reset or timed out gets one request every PROBE_INTERVAL_S until one succeeds.
--             If all remaining replicas are slow, they get all requests: then the cause is load and not a replica.
--   capacity  a replica whose queue was full gets no request for QUEUE_FULL_S: refusing costs it time that it needs to
--             answer.
--   balance   the others take turns, those with the fewest requests of this nginx worker in flight first. A replica
--             whose CPU quota is used up would otherwise soon hold the requests of all clients. The second try goes to
--             another replica.
local balancer = require "ngx.balancer"
local addresses = require "addresses"

local PROBE_INTERVAL_S = 2
local UNREACHABLE, SLOW = "unreachable", "slow" -- no connection, or a connection and no answer in time
local DOWN_TTL_S = 60 -- forget addresses that are not used any more
local CONNECT_S, SEND_S = 1, 5
local REFUSAL_S = 1 -- TorchServe refuses at once when its queue is full; the handler's own 503 comes after 3 s
local QUEUE_FULL_S = 0.1 -- shorter than a full queue takes to run empty
local NO_LIVE_UPSTREAM = -3 -- nginx's own NGX_BUSY; an HTTP status here would become 500

local replicas = {}
local options -- of `watch`
local round_robin = math.random(1000)
local in_flight = {} -- address -> requests of this nginx worker
local down, busy = ngx.shared.down_replicas, ngx.shared.busy_replicas

-- Returns whether a replica may get this request.
local function has_room(address, limits)
    if busy:get("full " .. address) and ngx.var.route ~= "probe" then
        return false
    end
    if not limits.max_requests then
        return true
    end
    local bytes = (busy:get("bytes " .. address) or 0) + tonumber(ngx.var.request_length)
    return (busy:get(address) or 0) < limits.max_requests and bytes <= limits.max_bytes
end

-- Adds to a counter that expires if it does not change for counter_ttl_s. No request takes that long, so only the
-- counter of an unused address expires. (The init_ttl of `incr` would count from the counter's creation.)
local function add(key, amount)
    busy:incr(key, amount, 0, options.counter_ttl_s)
    busy:expire(key, options.counter_ttl_s)
end

-- Counts a batch request that reaches a replica (1) or leaves it (-1).
local function count_batch(address, change)
    add(address, change)
    add("bytes " .. address, change * tonumber(ngx.var.request_length))
end

local function is_up_or_due_for_probe(address)
    return not down:get(address) or down:add("probe " .. address, true, PROBE_INTERVAL_S)
end

local function is_slow(address)
    return down:get(address) == SLOW
end

-- Returns the suitable replica of `name`, other than `tried`, with the fewest requests in flight, or nil.
local function find(name, limits, tried, is_suitable)
    local known = addresses.get(name)
    local found, fewest
    for step = 1, #known do
        local address = known[(round_robin + step) % #known + 1]
        local load = in_flight[address] or 0
        if address ~= tried and (not found or load < fewest) and has_room(address, limits) and is_suitable(address) then
            found, fewest = address, load
        end
    end
    return found
end

-- Returns whether a replica of `name`, other than `address`, is up.
local function is_another_up(name, address)
    for _, other in ipairs(addresses.get(name)) do
        if other ~= address and not down:get(other) then
            return true
        end
    end
    return false
end

local function pick(name, limits, tried)
    round_robin = round_robin + 1
    local address = find(name, limits, tried, is_up_or_due_for_probe)
    if not address and not is_another_up(name) then
        address = find(name, limits, tried, is_slow)
    end
    return address
end

local function note_failure(context)
    -- "next" is an answer that is worth a retry (500, 503): its replica is up.
    if balancer.get_last_failure() ~= "failed" then
        return
    end
    local waited = ngx.now() - context.since
    down:set(context.replica, waited > CONNECT_S + 0.5 and SLOW or UNREACHABLE, DOWN_TTL_S)
    down:set("probe " .. context.replica, true, PROBE_INTERVAL_S)
end

-- Returns a replica other than `tried`, and its name. Falls back from the canary to the stable version.
local function choose(name, limits, tried)
    local address = pick(name, limits, tried)
    if not address and name ~= options.names[1] then
        name = options.names[1]
        address = pick(name, limits, tried)
    end
    return address, name
end

--- Starts to watch the replicas, in every nginx worker (init_worker_by_lua).
-- watch_options: names (the stable version's first), port, nameservers, max_start_s, counter_ttl_s
function replicas.watch(watch_options)
    options = watch_options
    addresses.watch(watch_options)
end

-- Returns the replica of the request's previous try, if any. ngx.ctx does not have it: error_page empties it.
local function last_tried()
    return (ngx.var.upstream_addr or ""):match ".*%f[%d](%d+%.%d+%.%d+%.%d+):"
end

--- Chooses the replica for a request (balancer_by_lua).
-- limits: first_read_s and last_read_s, how long a replica may take to answer while another one is up, and when none
-- is (without them the location's proxy_read_timeout applies); max_requests and max_bytes, how many requests a replica
-- may have at once and their total size
function replicas.balance(limits)
    local context = ngx.ctx
    local address = context.replica
    local read_s = limits.last_read_s
    if address then
        note_failure(context)
        address = choose(context.name, limits, address) or address
    else
        local tried = last_tried() -- in the location for the second try
        address, context.name = choose(ngx.var.torchserve_name, limits, tried)
        address = address or tried
        if not address then
            return ngx.exit(NO_LIVE_UPSTREAM)
        end
        balancer.set_more_tries(1)
        if is_another_up(context.name, address) then
            read_s = limits.first_read_s
        end
    end
    if read_s and ngx.var.route ~= "probe" then -- probes have a short timeout of their own
        balancer.set_timeouts(CONNECT_S, SEND_S, read_s)
    end
    context.replica, context.since = address, ngx.now()
    in_flight[address] = (in_flight[address] or 0) + 1
    if limits.max_requests then
        count_batch(address, 1)
    end
    assert(balancer.set_current_peer(address, options.port))
end

--- Notes that a request has left its replicas (log_by_lua). ngx.ctx does not have them: error_page empties it.
function replicas.finish()
    local last
    local statuses = (ngx.var.upstream_status or ""):gmatch("[%d-]+")
    local times = (ngx.var.upstream_response_time or ""):gmatch("[%d.-]+")
    for address in (ngx.var.upstream_addr or ""):gmatch("(%d+%.%d+%.%d+%.%d+):") do
        local status, seconds = statuses(), tonumber(times() or "")
        if status == "503" and seconds and seconds < REFUSAL_S then
            busy:set("full " .. address, true, QUEUE_FULL_S)
        end
        in_flight[address] = in_flight[address] > 1 and in_flight[address] - 1 or nil
        if ngx.var.route == "batch" then -- the only route with limits
            count_batch(address, -1)
        end
        last = address
    end
    if last and ngx.status < 500 and down:get(last) then
        down:delete(last)
    end
end

--- Counts the replicas of each name: {name = {up = n, down = n}}.
function replicas.counts()
    local counts = {}
    for _, name in ipairs(options.names) do
        local count = { up = 0, down = 0 }
        for _, address in ipairs(addresses.get(name)) do
            local state = down:get(address) and "down" or "up"
            count[state] = count[state] + 1
        end
        counts[name] = count
    end
    return counts
end

return replicas
