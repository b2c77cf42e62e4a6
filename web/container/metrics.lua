-- Metrics for Prometheus as clients see them: status and duration. TorchServe has no histogram, and cannot know which
-- of its errors a retry replaced.
local metrics = {}
local counts = ngx.shared.request_metrics

-- Seconds. The latency objective in k8s/components/monitoring, 0.25, must be one of them.
local BUCKETS = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }

-- Returns the upper bound of the bucket for `seconds`.
local function bucket_of(seconds)
    for _, bound in ipairs(BUCKETS) do
        if seconds <= bound then
            return bound
        end
    end
    return "+Inf"
end

--- Records a finished request (log_by_lua).
function metrics.record()
    local route = ngx.var.route
    local seconds = tonumber(ngx.var.request_time) or 0
    counts:incr("status " .. route .. " " .. ngx.status, 1, 0)
    counts:incr("bucket " .. route .. " " .. bucket_of(seconds), 1, 0)
    counts:incr("sum " .. route, seconds, 0)
end

local function requests(lines)
    lines[#lines + 1] = "# HELP digits_requests_total Requests by route and status."
    lines[#lines + 1] = "# TYPE digits_requests_total counter"
    for _, key in ipairs(counts:get_keys(0)) do
        local route, status = key:match("^status (%S+) (%d+)$")
        if route then
            local format = 'digits_requests_total{route="%s",status="%s"} %d'
            lines[#lines + 1] = format:format(route, status, counts:get(key))
        end
    end
end

local function durations(lines)
    local name = "digits_request_duration_seconds"
    lines[#lines + 1] = "# HELP " .. name .. " Time from the request's first to the response's last byte, by route."
    lines[#lines + 1] = "# TYPE " .. name .. " histogram"
    for _, key in ipairs(counts:get_keys(0)) do
        local route = key:match("^sum (%S+)$")
        if route then
            local total = 0
            local function line(bound)
                total = total + (counts:get("bucket " .. route .. " " .. bound) or 0)
                lines[#lines + 1] = ('%s_bucket{route="%s",le="%s"} %d'):format(name, route, bound, total)
            end
            for _, bound in ipairs(BUCKETS) do
                line(bound)
            end
            line("+Inf")
            lines[#lines + 1] = ('%s_sum{route="%s"} %f'):format(name, route, counts:get(key))
            lines[#lines + 1] = ('%s_count{route="%s"} %d'):format(name, route, total)
        end
    end
end

local function replicas(lines)
    lines[#lines + 1] = "# HELP digits_replicas TorchServe replicas by service name and whether they answer."
    lines[#lines + 1] = "# TYPE digits_replicas gauge"
    for name, count in pairs(require("replicas").counts()) do
        lines[#lines + 1] = ('digits_replicas{name="%s",state="up"} %d'):format(name, count.up)
        lines[#lines + 1] = ('digits_replicas{name="%s",state="down"} %d'):format(name, count.down)
    end
end

--- Serves the metrics in the Prometheus text format (content_by_lua).
function metrics.serve()
    local lines = {}
    requests(lines)
    durations(lines)
    replicas(lines)
    ngx.header["Content-Type"] = "text/plain; version=0.0.4"
    ngx.say(table.concat(lines, "\n"))
end

return metrics
