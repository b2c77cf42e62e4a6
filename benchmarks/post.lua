-- wrk's script: POST the bodies of files in turn, and write what was measured as one line of JSON.
-- wrk ... -- CONTENT_TYPE FILE...

local requests, turn = {}, 0

function init(arguments)
  for i = 2, #arguments do
    local file = assert(io.open(arguments[i], "rb"))
    local headers = { ["Content-Type"] = arguments[1] }
    requests[#requests + 1] = wrk.format("POST", nil, headers, file:read("*a"))
    file:close()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
