-- Closes client connections before the container stops. Kubernetes removes the container from its Service, but that
-- does not move a client's open connection, and a request that arrives while nginx closes the connection is lost.
-- Therefore, from the moment that preStop creates the drain file, every response closes its connection, and the client
-- opens its next connection to another container.
local CHECK_INTERVAL_S = 0.5

local drain = {}
local is_draining = false

--- Watches for the drain file, in every nginx worker (init_worker_by_lua).
function drain.watch(path)
    assert(ngx.timer.every(CHECK_INTERVAL_S, function()
        local file = io.open(path)
        is_draining = file ~= nil
        if file then
            file:close()
        end
    end))
end

--- While draining, sends a client's request through `location`, which closes the connection (rewrite_by_lua).
function drain.redirect_to(location)
    if is_draining and not ngx.req.is_internal() then
        return ngx.exec(location)
    end
end

return drain
