-- Resolves the names of the TorchServe replicas once a second.
--
-- Debian's nginx resolves the name in an upstream once, at start. A name in a variable is resolved again, but then
-- nginx keeps no connection open and forgets between requests which address failed.
local resolver = require "nginx.dns.resolver"

local RESOLVE_INTERVAL_S = 1
local CONNECT_TIMEOUT_MS = 300
local NO_SUCH_NAME = 3

local addresses = {}
local options -- of `watch`
local known = {} -- name -> list of addresses
local is_resolving = false
local ready_workers = ngx.shared.ready_workers
local started_at = ngx.now()

local function accepts_connection(address)
    local socket = ngx.socket.tcp()
    socket:settimeout(CONNECT_TIMEOUT_MS)
    local is_open = socket:connect(address, options.port)
    if is_open then
        socket:close()
    end
    return is_open
end

-- Returns those of `candidates` that accept a connection.
local function reachable(candidates)
    local threads, found = {}, {}
    for index, address in ipairs(candidates) do
        threads[index] = ngx.thread.spawn(accepts_connection, address)
    end
    for index, address in ipairs(candidates) do
        local _, is_open = ngx.thread.wait(threads[index])
        if is_open then
            found[#found + 1] = address
        end
    end
    return found
end

-- Returns the addresses that the name servers give, or nil if they fail.
local function query(name)
    local answers
    local client, failure = resolver:new { nameservers = options.nameservers, retrans = 2, timeout = 1000 }
    if client then
        answers, failure = client:query(name, { qtype = client.TYPE_A })
    end
    if not answers or answers.errcode and answers.errcode ~= NO_SUCH_NAME then
        ngx.log(ngx.WARN, "cannot resolve ", name, ": ", failure or answers.errstr)
        return
    end
    local found = {}
    for _, answer in ipairs(answers) do
        found[#found + 1] = answer.address -- a CNAME has none
    end
    table.sort(found)
    return found
end

local function resolve(name)
    local found = query(name)
    if not found then
        return -- a failing name server says nothing about the replicas: the known addresses stay
    end
    if #found == 0 and name == options.names[1] then -- without a canary, the stable version answers
        -- Readiness probes also fail under overload, and name servers cache an empty answer for up to 30 s. If all
        -- replicas are out of service at once, those that still accept a connection keep getting requests.
        found = reachable(known[name] or found)
    end
    known[name] = found
end

-- Notes once that this nginx worker knows the replicas: either there are none, or it can connect to one.
local function note_if_ready(name)
    local key = ngx.worker.id()
    if known[name] and not ready_workers:get(key) and (#known[name] == 0 or #reachable(known[name]) > 0) then
        ready_workers:set(key, true)
    end
end

local function resolve_all()
    for _, name in ipairs(options.names) do
        resolve(name)
    end
    note_if_ready(options.names[1])
end

-- One at a time: a slow answer must not overwrite that of a later query.
local function on_timer(premature)
    if premature or is_resolving then
        return
    end
    is_resolving = true
    local is_done, failure = pcall(resolve_all)
    is_resolving = false
    if not is_done then
        ngx.log(ngx.ERR, failure)
    end
end

--- Starts to resolve the names, in every nginx worker (init_worker_by_lua).
-- watch_options: names (the stable version's first), port, nameservers, max_start_s
function addresses.watch(watch_options)
    options = watch_options
    assert(ngx.timer.at(0, on_timer))
    assert(ngx.timer.every(RESOLVE_INTERVAL_S, on_timer))
end

--- Returns the addresses of a name, in the same order in every worker.
function addresses.get(name)
    return known[name] or {}
end

--- Answers the startup probe (content_by_lua): 200 once every nginx worker knows the replicas. The first packets of a
-- new container may be lost while the cluster applies its network policies. If the name servers stay silent, the
-- container starts anyway after max_start_s, so that it can serve the page.
function addresses.serve_startup_probe()
    for id = 0, ngx.worker.count() - 1 do
        if not ready_workers:get(id) and ngx.now() - started_at < options.max_start_s then
            return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
        end
    end
    ngx.say("started")
end

return addresses
