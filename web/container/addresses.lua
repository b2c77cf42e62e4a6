-- Which addresses TorchServe's names lead to, asked every second.
--
-- Debian's nginx asks for an upstream's name once, at start. With the name in a variable it asks again, but then it keeps
-- no connection open, and forgets from request to request which address did not answer.
local resolver = require "nginx.dns.resolver"

local RESOLVE_S = 1
local CONNECT_MS = 300
local PATIENCE_S = 20
local NO_SUCH_NAME = 3

local addresses = {}
local place -- the options of `follow`
local known = {} -- by name
local is_looking = false
local informed = ngx.shared.informed_workers
local began = ngx.now()

local function accepts(address)
    local socket = ngx.socket.tcp()
    socket:settimeout(CONNECT_MS)
    local is_open = socket:connect(address, place.port)
    if is_open then
        socket:close()
    end
    return is_open
end

-- Those of `candidates` that accept a connection.
local function accepting(candidates)
    local attempts, found = {}, {}
    for index, address in ipairs(candidates) do
        attempts[index] = ngx.thread.spawn(accepts, address)
    end
    for index, address in ipairs(candidates) do
        local _, is_open = ngx.thread.wait(attempts[index])
        if is_open then
            found[#found + 1] = address
        end
    end
    return found
end

-- What the name servers say, or nothing if they do not.
local function ask(name)
    local answers
    local client, failure = resolver:new { nameservers = place.nameservers, retrans = 2, timeout = 1000 }
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
    local found = ask(name)
    if not found then
        return -- a name server that fails says nothing about the replicas: those known are kept
    end
    if #found == 0 and name == place.names[1] then -- a canary's requests have somewhere else to go
        -- Readiness probes fail under overload too, and name servers keep an empty answer for up to 30 s. If all replicas
        -- are out of service at once, those that accept a connection are there, and asking them is better than asking none.
        found = accepting(known[name] or found)
    end
    known[name] = found
end

-- Note once that this nginx worker knows the replicas: there are none, or one that lets it connect.
local function note_information(name)
    local key = ngx.worker.id()
    if known[name] and not informed:get(key) and (#known[name] == 0 or #accepting(known[name]) > 0) then
        informed:set(key, true)
    end
end

local function look_around()
    for _, name in ipairs(place.names) do
        resolve(name)
    end
    note_information(place.names[1])
end

-- A slow answer must not be overtaken by a later question's.
local function look_around_once(premature)
    if premature or is_looking then
        return
    end
    is_looking = true
    local is_done, failure = pcall(look_around)
    is_looking = false
    if not is_done then
        ngx.log(ngx.ERR, failure)
    end
end

--- Start to follow the names, in every nginx worker (init_worker_by_lua).
-- options: names (the stable version's first), port, nameservers
function addresses.follow(options)
    place = options
    assert(ngx.timer.at(0, look_around_once))
    assert(ngx.timer.every(RESOLVE_S, look_around_once))
end

--- Return the addresses of a name, in the same order for every worker.
function addresses.of(name)
    return known[name] or {}
end

--- Answer whether this container can do its work (content_by_lua): each of its workers knows the replicas. A new container's
-- first packets may be lost while the cluster still opens its network policies for it. A name server that is silent for good
-- is no reason to withhold the page.
function addresses.show()
    for id = 0, ngx.worker.count() - 1 do
        if not informed:get(id) and ngx.now() - began < PATIENCE_S then
            return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
        end
    end
    ngx.say("started")
end

return addresses
