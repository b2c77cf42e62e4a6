-- Before Kubernetes stops this container it takes it out of its Service, but a client's open connection stays where it is,
-- and a request that is sent while nginx closes it is lost. So, from the moment that preStop creates the drain file, each
-- answer ends its connection, and the client opens its next one elsewhere.
local LOOK_S = 0.5

local drain = {}
local is_draining = false

--- Look for the drain file, in every nginx worker (init_worker_by_lua).
function drain.watch(path)
    assert(ngx.timer.every(LOOK_S, function()
        local file = io.open(path)
        is_draining = file ~= nil
        if file then
            file:close()
        end
    end))
end

--- Send a client's request through `location` (rewrite_by_lua).
function drain.take_leave(location)
    if is_draining and not ngx.req.is_internal() then
        return ngx.exec(location)
    end
end

return drain
